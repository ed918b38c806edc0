#pragma once

// What makes forking the program's memory cheap.
//
// A fork copies one entry for each page of 4 KiB that the program has written, and the end of the
// forked process gives each of them back: with 100 MiB that is 3 ms, more than all the rest of a
// cell. Once the memory is in pages of 2 MiB both are next to nothing; where a job writes, Linux
// splits the large page and copies small ones as before.

namespace maelstrom::fork_point {

/// Moves the program's memory to large pages. To be called while the program stands still, and best
/// when it is known that there are many jobs: copying 100 MiB takes 50 ms. False if Linux has
/// refused some, which another time may be different: it has no free large page just then, or a
/// process that ends holds on to the small ones (EAGAIN and ENOMEM of madvise(2), MADV_COLLAPSE).
bool use_large_pages();

/// Has the C library put its free memory in order, where it is glibc: a job that freed something
/// large would do it otherwise, and for that write to, and so copy, each page with a free piece.
void tidy_free_memory();

}  // namespace maelstrom::fork_point
