#pragma once

#include "util/error.hpp"

#include <string>
#include <vector>

namespace maelstrom::container {

/// What this machine offers to slots beyond the bare minimum.
struct Machine {
    bool overlay_in_user_namespace = false;  ///< several layers, writable roots
    bool tmpfs_user_attributes = false;      ///< opaque directories in a writable root (Linux 6.6)
    std::string cgroup;  ///< delegated cgroup v2 directory for slots; empty: none
    /// One sentence each: what is missing, what it means, how to get it. For `doctor` and the log.
    std::vector<std::string> remarks;
};

/// Tries what slots need, in a process of its own that leaves nothing behind. An error is one
/// sentence with the cure: this machine runs no containers as it is. Takes milliseconds, never more
/// than two seconds.
util::Result<Machine> probe();

}  // namespace maelstrom::container
