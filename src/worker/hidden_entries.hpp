#pragma once

#include "container/plan.hpp"

#include <string>

namespace maelstrom::worker {

/// A sentence about what the layers hold where a directory of the host is mounted over it and shows
/// something else, or nothing, at that place; empty if there is nothing to say.
std::string tell_hidden_entries(const container::Plan& plan);

}  // namespace maelstrom::worker
