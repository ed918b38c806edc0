#pragma once

#include "fork_point/table.hpp"
#include "fork_point/wire.hpp"

// One fresh set of namespaces, made by the fork point for one job. Its process 1, the keeper,
// shares the point's memory; it mounts what is to be fresh, waits for the job, forks the point's
// memory as process 2, collects whoever dies, and leaves what it saw in the cell. Its descriptors
// are the point's: it keeps none, and notes in the cell those that it has while it mounts.

namespace maelstrom::fork_point {

struct Cell {
    const Table* table = nullptr;
    OpenLane lane;
    int wake = -1;  ///< an event descriptor that the keeper rings when the cell is prepared

    std::uint32_t number = 0;  ///< of the lane's cells
    long keeper = 0;           ///< process id in the point's namespace; 0: none
    int pidfd = -1;

    long user = 0;
    long group = 0;

    std::uint32_t prepared = 0;  ///< atomic
    // Futexes: the point sets the first, the keeper the second.
    std::uint32_t go = 0;
    std::uint32_t forked = 0;

    /// Descriptors of mounts that are not attached yet, -1 for those that are. Whoever sees the
    /// keeper die closes them.
    std::int32_t mounts[entries_limit + 1];
    std::uint32_t mount_count = 0;

    Reply reply;
    void* stack = nullptr;
};

inline constexpr std::size_t stack_size = std::size_t{64} * 1024;

/// Starts the keeper. False: the reason is in the reply.
bool open_cell(Cell& cell);
/// Waits for the end of the keeper and collects it.
void close_cell(Cell& cell);
/// For somebody with a copy of the point's descriptors who has nothing to do with the cell.
void close_mounts(Cell& cell);

/// Lets the keeper fork, and returns when it has, or has died.
void fork_cell(Cell& cell);

/// What a forked job does first; defined by the point. Never returns.
[[noreturn]] void enter_job(Cell& cell);

std::int64_t now();

}  // namespace maelstrom::fork_point
