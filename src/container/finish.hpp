#pragma once

#include "container/cgroup.hpp"
#include "container/slot.hpp"
#include "job/spec.hpp"
#include "slot/job_end.hpp"

#include <optional>

namespace maelstrom::container {

/// The result of a job that has been started: how it ended, what it used, which limits it met.
Ended finish(const slot::JobEnd& end, const job::Limits& limits, std::optional<Cgroup>& group);

}  // namespace maelstrom::container
