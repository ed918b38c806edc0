#include "worker/descriptor_limit.hpp"

#include <sys/resource.h>

namespace maelstrom::worker {

using util::Result;

namespace {

// Streams, store, history, reports, downloads, layers that are built, the mounts of a container
// that is set up, fork points: runs of pytest were seen with 30 to 40 of them.
constexpr std::uint64_t descriptors_of_all = 100;
// Two sockets and a pidfd, or for a forked job a socket and the pidfds of two cells; two pipes; two
// files for what a program holds back; two files of a control group.
constexpr std::uint64_t descriptors_of_busy_slot = 9;
// For each busy slot there may be an idle one: the same without pipes and such files.
constexpr std::uint64_t descriptors_of_idle_slot = 5;
constexpr std::uint64_t descriptors_of_slot = descriptors_of_busy_slot + descriptors_of_idle_slot;

/// As people set it.
std::uint64_t rounded(std::uint64_t count) {
    constexpr std::uint64_t step = 1024;
    return (count + step - 1) / step * step;
}

std::string fewer_slots(std::uint64_t allowed) {
    const std::uint64_t slots =
        allowed < descriptors_of_all ? 0 : (allowed - descriptors_of_all) / descriptors_of_slot;
    return slots == 0 ? "" : fmt::format(", or set slots to {} at most", slots);
}

}  // namespace

Result<void> check_descriptors(unsigned slots, std::uint64_t allowed) {
    const std::uint64_t needed = descriptors_of_all + descriptors_of_slot * slots;
    if (allowed >= needed) {
        return {};
    }
    return util::fail(util::ErrorKind::unavailable,
                      "with slots = {}, up to {} files are open at once, and this process may have "
                      "{}; raise the limit with \"ulimit -n {}\"{}",
                      slots, needed, allowed, rounded(needed), fewer_slots(allowed));
}

/// The default soft limit of 1024 is for programs that use select(2).
Result<void> provide_descriptors(unsigned slots) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return util::fail_errno("reading the limit of open files");
    }
    rlimit raised = limit;
    raised.rlim_cur = raised.rlim_max;
    if (limit.rlim_cur < limit.rlim_max && ::setrlimit(RLIMIT_NOFILE, &raised) == 0) {
        limit = raised;
    }
    return check_descriptors(slots, limit.rlim_cur);
}

}  // namespace maelstrom::worker
