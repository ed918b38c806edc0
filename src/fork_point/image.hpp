#pragma once

#include "slot/job_end.hpp"

// One process's copy of the point's memory, which the jobs of a lane use one after the other.
//
// Copying the point's memory anew for each job is the dearest part of a job: Linux copies each page
// that the job writes, on its first write, and gives it back at the end. So where Linux can say
// which pages have been written (userfaultfd(2) with UFFD_FEATURE_WP_ASYNC and PAGEMAP_SCAN, Linux
// 6.7), a lane has a process of its own, a copy of the point. It serves the lane, and its jobs
// share its memory. When a job and all that it has started are gone, what they have written is put
// back: pages that jobs are known to write without asking, the others as Linux names them, and
// mappings as they were.

namespace maelstrom::fork_point {

/// In the point, once, before images are made: what they are restored from. False: none can be.
bool prepare_images();

/// In a process just forked from the point: memory for stacks and notes, which jobs do not lose.
/// From then on `kept_stack` has some. False: no memory.
bool provide_kept_memory();
/// A stack that is not restored; null when all are taken.
void* kept_stack();

/// Notes what memory is like: from here on it can be restored. Negative errno if Linux cannot say
/// what jobs write.
long take_image();
/// After a job, one after the other: put back what it has changed. False: that cannot be, and the
/// process is to go.
bool restore_mappings();
bool restore_pages();

/// In a job: nothing of ours stays open.
void close_image();

/// In the keeper, whose memory the job has shared: its peak, unless that is another program's.
void take_off_what_is_kept(slot::JobEnd& end);

/// Whether this process is one.
bool is_image();

}  // namespace maelstrom::fork_point
