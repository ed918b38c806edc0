#pragma once

// What the C library and Linux keep of the thread that stands still, and which a job that shares
// its memory takes over: what fork(2) would do. Only glibc's on x86-64 is known.

namespace maelstrom::fork_point {

bool is_own_thread_known();

/// In a process forked from the point, which runs on another stack from now on: Linux writes
/// nothing there any more. False: it is not as it is known.
bool leave_own_thread();
/// In a job, on whatever stack.
void take_own_thread();
/// Where the thread's id belongs, see CLONE_CHILD_SETTID in clone(2).
void* thread_id_place();

}  // namespace maelstrom::fork_point
