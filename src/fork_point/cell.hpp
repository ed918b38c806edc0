#pragma once

#include "fork_point/identity.hpp"
#include "fork_point/process.hpp"
#include "fork_point/table.hpp"
#include "fork_point/wire.hpp"

// One fresh set of namespaces, made for one job. Its process 1, the keeper, shares the point's
// memory; it mounts what is to be fresh, waits for the job, forks the point's memory as process 2,
// collects whoever dies, and leaves what it saw in the cell. Its descriptors are its own, and go
// with it.

namespace maelstrom::fork_point {

/// What became of an order that a keeper was told to read.
enum class Taken : std::uint32_t {
    nothing,   ///< not read yet
    job,       ///< the job has been forked, or could not be: see the reply
    stale,     ///< meant for a cell that has died
    nonsense,  ///< not an order
};

enum class Stage : std::uint8_t {
    none,     ///< no keeper
    making,   ///< mounting
    ready,    ///< announced
    running,  ///< its job
    over,     ///< the owner knows the end; the keeper has yet to go
};

struct Cell {
    const Table* table = nullptr;
    const OpenLane* lane = nullptr;
    int socket = -1;  ///< the lane's, where the order comes in
    int wake = -1;    ///< an event descriptor that the keeper rings when the point should look
    int socket_counts = -1;  ///< of the lane's network, see slot/network.hpp
    int sockets_before = 0;  ///< any job

    Stage stage = Stage::none;
    std::uint32_t number = 0;  ///< among the lane's cells
    Process keeper;

    Identity identity;  ///< inside the point's; outside the one in the holder's namespace

    // Set by the keeper; all are atomic.
    std::uint32_t prepared = 0;
    std::uint32_t finished = 0;  ///< the job has ended, and all that it started
    Flag taken;                  ///< a Taken
    std::uint32_t forking = 0;   ///< it is in the C library's fork
    // Set by the point.
    Flag go;  ///< read an order

    bool sockets_left = false;  ///< the job's, in the lane's network
    Reply reply;
};

/// Starts the keeper as a child of the caller's parent (CLONE_PARENT) and returns its process id,
/// or a negative errno. The keeper inherits the caller's network and descriptors.
long clone_keeper(Cell& cell);

/// What a forked job does first; defined by the point. Never returns.
[[noreturn]] void enter_job(Cell& cell, int out, int err);
/// Where orders are read to; defined by the point.
char* order_space();

std::int64_t now();

}  // namespace maelstrom::fork_point
