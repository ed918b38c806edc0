#pragma once

#include "job/spec.hpp"
#include "slot/wire.hpp"
#include "util/error.hpp"

#include <vector>

namespace maelstrom::container {

/// The slot and its reaper are counted with the processes of a job.
inline constexpr std::uint64_t own_processes = 2;

/// Whether Linux counts the processes of a container's user (RLIMIT_NPROC); root's it does not.
enum class ProcessCount { held, ignored };

/// Whether this machine can hold the limits: an error names the first that it cannot, unless they
/// are best effort.
util::Result<void>
check_limits(const job::Limits& limits, bool has_cgroup, ProcessCount process_count);

/// The resource limits of every program of a container, defined whatever the caller's own are.
/// `has_cgroup`: memory and processes are held by a cgroup instead.
std::vector<slot::ResourceLimit> resource_limits(const job::Limits& limits, bool has_cgroup);

}  // namespace maelstrom::container
