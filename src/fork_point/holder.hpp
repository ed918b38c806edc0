#pragma once

#include "fork_point/cell.hpp"

// The process that holds a lane's network. Making a network namespace takes as long as everything
// else that a cell needs, so the jobs of a lane have one after the other the same. It lies in a
// user namespace of the holder, which keepers are born in and jobs have no rights over: they can
// change nothing about it. What they can leave are sockets; then the lane gets another holder.

namespace maelstrom::fork_point {

struct Holder {
    Process process;
    const OpenLane* lane = nullptr;
    Identity identity;  ///< outside the point's

    int socket_counts = -1;  ///< its own descriptor, which keepers inherit
    int sockets_before = 0;

    Flag ready;
    Cell* wanted = nullptr;  ///< whose keeper it is to make
    Flag request;
    Flag made;
    long keeper = 0;  ///< process id or negative errno

    Step step{};  ///< where it failed
    std::int32_t error = 0;
};

/// Starts it and waits until it is ready. False: see `step`.
bool start_holder(Holder& holder, const OpenLane& lane);
/// Has it start the keeper of a cell. False: the reason is in the cell's reply.
bool make_keeper(Holder& holder, Cell& cell);
void end_holder(Holder& holder);

/// Closes what a holder and its keepers, with their copies of the point's descriptors, have no use
/// for.
void drop_others(Holder& holder);

}  // namespace maelstrom::fork_point
