#pragma once

#include "fork_point/wire.hpp"

#include <string>

namespace maelstrom::container {

/// Why a fork point cannot make cells, for people.
std::string explain_fork_failure(fork_point::Step step, int error);

}  // namespace maelstrom::container
