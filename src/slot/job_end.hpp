#pragma once

#include <sys/resource.h>

#include <cstdint>

// The end of a job, as process 1 of its namespace sees it: slots and fork points have the same.

namespace maelstrom::slot {

/// Part of the records that owners get. The usage is that of the program and of all that it has
/// started, but for whom somebody else has ignored the end (SIGCHLD), see getrusage(2).
struct JobEnd {
    std::int32_t wait_status = 0;  ///< see wait(2)
    std::int32_t reserved = 0;
    std::int64_t wall_nanoseconds = 0;
    std::int64_t user_microseconds = 0;
    std::int64_t system_microseconds = 0;
    std::int64_t peak_kibibytes = 0;
};

void note_usage(const rusage& usage, JobEnd& end);

/// Collects everybody who dies in the namespace, until it is the program, and notes how that ended.
void wait_for_program(long program, JobEnd& end);

/// Kills whom the program has left behind, and collects them: nobody else is in the namespace.
/// Notes what all together have used; all but the time that went by.
void kill_the_rest(JobEnd& end);

/// Nanoseconds of CLOCK_MONOTONIC.
std::int64_t now();

}  // namespace maelstrom::slot
