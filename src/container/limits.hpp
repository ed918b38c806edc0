#pragma once

#include "fork_point/wire.hpp"
#include "job/outcome.hpp"
#include "job/spec.hpp"
#include "slot/wire.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::container {

/// The slot and its reaper are counted with the processes of a job.
inline constexpr std::uint64_t own_processes = 2;
/// Likewise, the keeper of a forked one,
inline constexpr std::uint64_t own_processes_of_lane = 1;
/// and with those of a fork point the holders of its lanes and keepers that have no job yet.
inline constexpr std::uint64_t own_processes_of_point =
    own_processes + std::uint64_t{fork_point::lanes_limit} * (1 + fork_point::cells_limit);

/// Whether Linux counts the processes of a container's user (RLIMIT_NPROC); root's it does not.
enum class ProcessCount { held, ignored };

/// A sentence for each limit that cannot be held here.
std::vector<std::string>
unheld_limits(const job::Limits& limits, bool has_cgroup, ProcessCount process_count);

/// Which limits a job met that ended like this, where Linux tells only by a signal or not at all.
void name_reached_limits(job::Usage& usage,
                         const job::Limits& limits,
                         bool has_cgroup,
                         int wait_status);

/// Likewise, of one that failed: a program that is refused a process hears so (EAGAIN) and nobody
/// else does, unless a cgroup counts it. All that is left is what it has `written` about it.
void name_refused_processes(job::Usage& usage,
                            const job::Limits& limits,
                            std::initializer_list<std::string_view> written);

/// The resource limits of every program of a container, defined whatever the caller's own are.
/// `has_cgroup`: memory and processes are held by a cgroup instead. A fork point may lift its limit
/// of processes, since each job that it makes has one of its own.
enum class Forks { never, point };
std::vector<slot::ResourceLimit>
resource_limits(const job::Limits& limits, bool has_cgroup, Forks forks);

}  // namespace maelstrom::container
