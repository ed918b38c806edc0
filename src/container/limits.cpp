#include "container/limits.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace maelstrom::container {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

// What programs find by default. 4096 descriptors are four times what login shells allow: enough
// for servers under test, and a test that runs out of them on purpose still gets there quickly.
constexpr std::uint64_t default_files = 4096;
constexpr std::uint64_t default_stack = 8 << 20;

/// Limits cannot be raised above our own hard ones without privileges.
slot::ResourceLimit within_reach(int resource, std::uint64_t soft, std::uint64_t hard) {
    rlimit own{};
    ::getrlimit(static_cast<__rlimit_resource>(resource), &own);
    const std::uint64_t ceiling = own.rlim_max;
    return {static_cast<std::uint64_t>(resource), std::min(soft, ceiling), std::min(hard, ceiling)};
}

slot::ResourceLimit exactly(int resource, std::uint64_t value) {
    return within_reach(resource, value, value);
}

}  // namespace

Result<void> check_limits(const job::Limits& limits, bool has_cgroup, ProcessCount process_count) {
    if (has_cgroup || limits.best_effort.value_or(false)) {
        return {};
    }
    constexpr const char* cure =
        "no delegated cgroup v2; start in one (systemd-run --user --scope -p Delegate=yes …) or "
        "set limits.best_effort";
    if (limits.cpu) {
        return fail(ErrorKind::unavailable, "cannot limit cpu here: {}", cure);
    }
    if (limits.processes && process_count == ProcessCount::ignored) {
        return fail(ErrorKind::unavailable, "cannot limit processes here: run by root and {}",
                    cure);
    }
    return {};
}

std::vector<slot::ResourceLimit> resource_limits(const job::Limits& limits, bool has_cgroup) {
    const std::uint64_t core = limits.core.value_or(util::Bytes{}).count;
    std::vector<slot::ResourceLimit> result = {
        exactly(RLIMIT_CORE, core),
        limits.files ? exactly(RLIMIT_NOFILE, *limits.files)
                     : within_reach(RLIMIT_NOFILE, default_files, RLIM_INFINITY),
        within_reach(RLIMIT_STACK, default_stack, RLIM_INFINITY),
        limits.file_size ? exactly(RLIMIT_FSIZE, limits.file_size->count)
                         : exactly(RLIMIT_FSIZE, RLIM_INFINITY),
    };
    if (limits.cpu_time) {
        const auto seconds = static_cast<std::uint64_t>(limits.cpu_time->count());
        // One second for a handler of SIGXCPU, then SIGKILL.
        result.push_back(within_reach(RLIMIT_CPU, seconds, seconds + 1));
    }
    if (limits.memory && !has_cgroup) {
        result.push_back(exactly(RLIMIT_AS, limits.memory->count));
    }
    if (limits.processes && !has_cgroup) {
        // Counted per user namespace since Linux 5.14.
        result.push_back(exactly(RLIMIT_NPROC, *limits.processes + own_processes));
    }
    return result;
}

}  // namespace maelstrom::container
