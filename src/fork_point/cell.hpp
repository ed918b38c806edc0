#pragma once

#include "fork_point/identity.hpp"
#include "fork_point/process.hpp"
#include "fork_point/table.hpp"
#include "fork_point/wire.hpp"

// One fresh set of namespaces, made for one job. Its process 1, the keeper, shares the point's
// memory; it mounts what is to be fresh, forks the point's memory as process 2, collects whoever
// dies, and leaves what it saw in the cell. Its descriptors are its own, and go with it. Process 2
// waits for its order, and then is the job.

namespace maelstrom::fork_point {

/// What became of an order that process 2 was told to read.
enum class Taken : std::uint32_t {
    nothing,   ///< not read yet
    job,       ///< now it is the job
    stale,     ///< meant for a cell that has died
    nonsense,  ///< not an order
};

enum class Stage : std::uint8_t {
    none,     ///< no keeper
    making,   ///< mounting
    ready,    ///< announced
    ordered,  ///< an order has come in
    running,  ///< its job
    over,     ///< the owner knows the end; the keeper has yet to go
};

/// How the point and a process 2, which does not share its memory, hear of one another.
struct Gate {
    Flag order;  ///< there is one to read
    Flag taken;  ///< a Taken
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
    void* job_stack = nullptr;  ///< in an image

    Identity identity;  ///< inside the point's; outside the one in the holder's namespace

    // Set by the keeper; all are atomic.
    std::uint32_t prepared = 0;
    std::uint32_t finished = 0;  ///< the job has ended, and all that it started
    std::uint32_t forking = 0;   ///< it is in the C library's fork
    Flag forked;                 ///< or could not: see the reply
    // Set by the point.
    Flag fork;  ///< process 2, now that no other keeper does: they share what the C library keeps
    std::int64_t start = 0;  ///< of the job, see slot::now()
    Gate* gate = nullptr;

    bool sockets_left = false;  ///< the job's, in the lane's network
    Reply reply;
};

/// Starts the keeper as a child of the caller's parent (CLONE_PARENT) and returns its process id,
/// or a negative errno. The keeper inherits the caller's network and descriptors.
long clone_keeper(Cell& cell);

/// What process 2 does, see job.cpp. Never returns.
[[noreturn]] void enter_job(Cell& cell);

/// Tells the point that there is something to look after.
void ring(const Cell& cell);

}  // namespace maelstrom::fork_point
