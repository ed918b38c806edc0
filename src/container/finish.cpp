#include "container/finish.hpp"

#include "container/limits.hpp"

#include <sys/wait.h>

#include <chrono>

namespace maelstrom::container {

namespace {

job::Usage usage_of(const slot::JobEnd& end) {
    job::Usage usage{
        .duration = std::chrono::nanoseconds(end.wall_nanoseconds),
        .cpu_user = std::chrono::microseconds(end.user_microseconds),
        .cpu_system = std::chrono::microseconds(end.system_microseconds),
    };
    if (end.peak_kibibytes > 0) {
        usage.peak_memory = util::Bytes{static_cast<std::uint64_t>(end.peak_kibibytes) * 1024};
    }
    return usage;
}

}  // namespace

Ended finish(const slot::JobEnd& end, const job::Limits& limits, std::optional<Cgroup>& group) {
    Ended event{.usage = usage_of(end)};
    if (WIFSIGNALED(end.wait_status)) {
        event.status = job::Signaled{WTERMSIG(end.wait_status)};
    } else {
        event.status = job::Exited{WEXITSTATUS(end.wait_status)};
    }
    name_reached_limits(event.usage, limits, group.has_value(), end.wait_status);
    if (group) {
        group->finish_job(event.usage);
        if (group->ran_out_of_memory() && end.wait_status != 0) {
            event.status = job::OutOfMemory{limits.memory.value_or(util::Bytes{})};
        }
    }
    return event;
}

}  // namespace maelstrom::container
