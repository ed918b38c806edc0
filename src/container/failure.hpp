#pragma once

#include "container/launch.hpp"
#include "container/plan.hpp"
#include "job/outcome.hpp"
#include "slot/wire.hpp"

namespace maelstrom::container {

/// The sentence for a step at which a slot could not go on, and whose fault it is. `launch` is null
/// while the container was being built.
job::NotRun explain(const slot::Reply& reply, const Plan& plan, const Launch* launch);

}  // namespace maelstrom::container
