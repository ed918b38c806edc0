#pragma once

#include "fork_point/lane.hpp"

// All lanes of the point: its one loop.

namespace maelstrom::fork_point {

/// Makes what they share. Negative errno on failure; the table stays where it is.
long prepare_lanes(const Table& table);
/// Waits for somebody and serves him. False: the owner is gone.
bool serve_once();
void drop_lanes();

/// In a copy of the point: closes and forgets all but one lane.
void keep_only(Lane& own);

/// Of a lane that has a delegate: set when that serves. The point sees it.
Flag& begun_flag(const Lane& lane);

/// In a process 2 whose order has come: what it waited with.
void unmap_gates();

}  // namespace maelstrom::fork_point
