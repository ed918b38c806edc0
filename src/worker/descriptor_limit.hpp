#pragma once

#include "util/error.hpp"

#include <cstdint>

namespace maelstrom::worker {

/// Raises this process's soft limit of open files to the hard one. An error, with the value that
/// would do, if so many slots could run out of them all the same.
util::Result<void> provide_descriptors(unsigned slots);

/// Whether so many open files are enough.
util::Result<void> check_descriptors(unsigned slots, std::uint64_t allowed);

}  // namespace maelstrom::worker
