#pragma once

#include "fork_point/holder.hpp"

// A socket to the owner, where orders for jobs come in, one at a time, and the cells they run in.

namespace maelstrom::fork_point {

struct Lane {
    int socket = -1;  ///< -1: not in use
    int wake = -1;    ///< see Cell
    const Table* table = nullptr;
    OpenLane request;
    std::uint32_t numbers = 0;  ///< given to cells so far
    Holder holder;
    Cell cells[cells_limit];
    Gate* gates = nullptr;  ///< one for each

    Process delegate;             ///< serves it in place of the point, see delegate.hpp
    std::uint32_t delegates = 0;  ///< that it has had
    bool is_dirty = false;        ///< in one: there has been a job since the memory was restored
    bool is_spent = false;        ///< in one: it cannot be restored

    bool useless = false;  ///< no cell can be made; the owner hears it when no job runs
    bool told = false;
    Reply reason;
};

/// Whether the last job left its processor idle for most of its time.
bool is_there_time();

Cell* find(Lane& lane, Stage stage);
/// Whether somebody would read what comes in.
bool takes_order(Lane& lane);

/// Has its first cell made.
void open_lane(Lane& lane);
/// Looks what its keepers have done meanwhile.
void look_after(Lane& lane);
/// One of its keepers has ended.
void on_end(Lane& lane, Cell& cell);
/// There is something to read, for the job that waits for it.
void take_order(Lane& lane);
/// Kills and collects all that is in it, and closes it.
void drop(Lane& lane);

}  // namespace maelstrom::fork_point
