#include "container/cgroup.hpp"

#include "container/cgroup_files.hpp"
#include "sys/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>

namespace maelstrom::container {

using util::Result;

namespace {

/// Some names may be taken: by a program that was killed and had our process id, or by one that has
/// it in another process-id namespace.
Result<std::string> make_directory(const std::string& parent) {
    static std::atomic<unsigned> next = 0;
    for (;;) {
        std::string path =
            fmt::format("{}/{}{}-{}", parent, Cgroup::name_prefix, ::getpid(), next++);
        const auto made = sys::mkdirat(AT_FDCWD, path, 0755);
        if (made) {
            return path;
        }
        if (made.error().os_error() != EEXIST) {
            return std::unexpected(made.error());
        }
    }
}

}  // namespace

Result<Cgroup>
Cgroup::create(const std::string& parent, const job::Limits& limits, std::uint64_t own_processes) {
    const std::string path = TRY(make_directory(parent), "making a cgroup");
    sys::Fd directory = TRY(sys::open(path, O_RDONLY | O_DIRECTORY));
    Cgroup group(path, std::move(directory), sys::Fd());
    const int fd = group.descriptor();
    if (limits.memory) {
        TRY(write_control(fd, "memory.max", fmt::format("{}", limits.memory->count)));
        // Absent where the machine has no swap accounting, and then there is none to use.
        (void)write_control(fd, "memory.swap.max", "0");
    }
    if (limits.processes) {
        TRY(write_control(fd, "pids.max", fmt::format("{}", *limits.processes + own_processes)));
    }
    if (limits.cpu) {
        constexpr double period = 100'000;
        TRY(write_control(fd, "cpu.max",
                          fmt::format("{} {}", std::llround(std::max(*limits.cpu, 0.01) * period),
                                      static_cast<long>(period))));
    }
    if (auto peak = sys::openat(fd, "memory.peak", O_RDWR)) {
        group.peak_ = std::move(*peak);
        group.peak_restarts_ = true;
    } else if (auto readable = sys::openat(fd, "memory.peak", O_RDONLY)) {
        group.peak_ = std::move(*readable);
    }
    return group;
}

Result<void> Cgroup::adopt(long process) {
    TRY(write_control(descriptor(), "cgroup.procs", fmt::format("{}", process)));
    return {};
}

Cgroup::Cgroup(Cgroup&& other) noexcept
    : path_(std::exchange(other.path_, {})), directory_(std::move(other.directory_)),
      peak_(std::move(other.peak_)), peak_restarts_(other.peak_restarts_), before_(other.before_) {
}

Cgroup& Cgroup::operator=(Cgroup&& other) noexcept {
    if (this != &other) {
        remove();
        path_ = std::exchange(other.path_, {});
        directory_ = std::move(other.directory_);
        peak_ = std::move(other.peak_);
        peak_restarts_ = other.peak_restarts_;
        before_ = other.before_;
    }
    return *this;
}

Cgroup::~Cgroup() {
    remove();
}

void Cgroup::remove() {
    if (!path_.empty()) {
        ::rmdir(path_.c_str());
    }
}

Cgroup::Counters Cgroup::counters() const {
    return {
        .out_of_memory_kills = value_of(read_control(descriptor(), "memory.events"), "oom_kill"),
        .refused_processes = value_of(read_control(descriptor(), "pids.events"), "max"),
        .throttled_microseconds =
            value_of(read_control(descriptor(), "cpu.stat"), "throttled_usec"),
    };
}

void Cgroup::begin_job() {
    before_ = counters();
    if (peak_restarts_ && ::pwrite(peak_.get(), "r", 1, 0) < 0) {
        peak_restarts_ = false;  // older kernels refuse; the peak is then the slot's
    }
}

bool Cgroup::ran_out_of_memory() const {
    return counters().out_of_memory_kills > before_.out_of_memory_kills;
}

void Cgroup::finish_job(job::Usage& usage) {
    const Counters after = counters();
    usage.limited_by_cgroup = true;
    if (peak_restarts_) {
        char text[32] = {};
        if (::pread(peak_.get(), text, sizeof text - 1, 0) > 0) {
            std::uint64_t bytes = 0;
            std::from_chars(text, text + sizeof text, bytes);
            usage.peak_memory = util::Bytes{bytes};
        }
    }
    usage.cpu_throttled =
        std::chrono::microseconds(after.throttled_microseconds - before_.throttled_microseconds);
    if (after.out_of_memory_kills > before_.out_of_memory_kills) {
        usage.limits_reached.emplace_back("memory");
    }
    if (after.refused_processes > before_.refused_processes) {
        usage.limits_reached.emplace_back("processes");
    }
}

}  // namespace maelstrom::container
