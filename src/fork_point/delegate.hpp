#pragma once

#include "fork_point/lane.hpp"

// Lanes that a process of their own serves, in place of the point: a copy of it that takes an image
// of its memory, restores that after each job, and so needs no other copy. See image.hpp.

namespace maelstrom::fork_point {

/// In the point, before any: `jobs` are likely to come. Making copies must pay.
void expect_jobs(std::uint32_t jobs);
void prepare_delegates();

/// Gives the lane away, if that is possible and pays.
bool delegate(Lane& lane);
/// The process has ended. False: the lane is the point's own from now on.
bool on_delegate_end(Lane& lane);

}  // namespace maelstrom::fork_point
