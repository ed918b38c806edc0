#include "container/limits.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>

namespace maelstrom::container {

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

std::vector<std::string>
unheld_limits(const job::Limits& limits, bool has_cgroup, ProcessCount process_count) {
    constexpr const char* cure =
        "no delegated cgroup v2; start in one (systemd-run --user --scope -p Delegate=yes …) or "
        "set limits.best_effort";
    std::vector<std::string> sentences;
    if (limits.cpu && !has_cgroup) {
        sentences.push_back(fmt::format("cannot limit cpu here: {}", cure));
    }
    if (limits.processes && !has_cgroup && process_count == ProcessCount::ignored) {
        sentences.push_back(fmt::format("cannot limit processes here: run by root and {}", cure));
    }
    return sentences;
}

namespace {

using Names = std::vector<std::string>;

/// What a shell says of a program that a signal ended.
bool is_passed_on(int wait_status, int signal) {
    return WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 128 + signal;
}

void name_signalled(Names& surely,
                    Names& probably,
                    const char* limit,
                    int wait_status,
                    int signal) {
    if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == signal) {
        surely.emplace_back(limit);
    } else if (is_passed_on(wait_status, signal)) {
        probably.emplace_back(limit);
    }
}

}  // namespace

void name_reached_limits(job::Usage& usage,
                         const job::Limits& limits,
                         bool has_cgroup,
                         int wait_status) {
    Names& surely = usage.limits_reached;
    Names& probably = usage.limits_probably_reached;
    if (limits.cpu_time) {
        name_signalled(surely, probably, "cpu_time", wait_status, SIGXCPU);
        // Who ignores SIGXCPU is killed a second later.
        const bool killed = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL;
        if (killed && usage.cpu_user + usage.cpu_system >= *limits.cpu_time) {
            surely.emplace_back("cpu_time");
        }
    }
    if (limits.file_size) {
        name_signalled(surely, probably, "file_size", wait_status, SIGXFSZ);
    }
    // The limit is on addresses, of which programs reserve more than they use: who failed with half
    // of it in use was probably refused the rest. Nobody is killed for that.
    const bool was_killed = WIFSIGNALED(wait_status) &&
                            (WTERMSIG(wait_status) == SIGKILL || WTERMSIG(wait_status) == SIGTERM);
    if (limits.memory && !has_cgroup && wait_status != 0 && !was_killed &&
        usage.peak_memory.value_or(util::Bytes{}).count >= limits.memory->count / 2) {
        probably.emplace_back("memory");
    }
}

void name_refused_processes(job::Usage& usage,
                            const job::Limits& limits,
                            std::initializer_list<std::string_view> written) {
    if (!limits.processes || usage.limited_by_cgroup) {
        return;
    }
    // EAGAIN as the C library says it, Go and Java; busybox, dash and bash; Python's threads.
    constexpr std::string_view complaints[] = {"esource temporarily unavailable",
                                               "unable to create native thread", "can't fork",
                                               "annot fork", "can't start new thread"};
    const bool complains = std::ranges::any_of(written, [&](std::string_view text) {
        return std::ranges::any_of(complaints,
                                   [&](std::string_view words) { return text.contains(words); });
    });
    if (complains) {
        usage.limits_probably_reached.emplace_back("processes");
    }
}

std::vector<slot::ResourceLimit>
resource_limits(const job::Limits& limits, bool has_cgroup, Forks forks) {
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
        const std::uint64_t count = *limits.processes + own_processes;
        result.push_back(
            within_reach(RLIMIT_NPROC, count, forks == Forks::point ? RLIM_INFINITY : count));
    }
    return result;
}

}  // namespace maelstrom::container
