#include "slot/job_end.hpp"

#include "slot/kernel.hpp"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

namespace maelstrom::slot {

namespace {

std::int64_t microseconds(const timeval& time) {
    return time.tv_sec * 1'000'000 + time.tv_usec;
}

}  // namespace

void note_usage(const rusage& usage, JobEnd& end) {
    end.user_microseconds = microseconds(usage.ru_utime);
    end.system_microseconds = microseconds(usage.ru_stime);
    end.peak_kibibytes = usage.ru_maxrss;
}

void wait_for_program(long program, JobEnd& end) {
    long who = 0;
    do {
        who = call(SYS_wait4, -1, &end.wait_status, __WALL, nullptr);
    } while (who != program && (who > 0 || who == -EINTR));
}

void kill_the_rest(JobEnd& end) {
    call(SYS_kill, -1, SIGKILL);
    while (call(SYS_wait4, -1, nullptr, __WALL, nullptr) != -ECHILD) {
    }
    rusage usage{};
    call(SYS_getrusage, RUSAGE_CHILDREN, &usage);
    note_usage(usage, end);
}

std::int64_t now() {
    timespec time{};
    call(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace maelstrom::slot
