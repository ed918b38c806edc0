#include "container/cgroup.hpp"

#include "container/limits.hpp"
#include "sys/file.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>

namespace maelstrom::container {

using util::Result;

namespace {

constexpr util::Bytes small_file{64 * 1024};

Result<void> write_to(int directory, const std::string& name, std::string_view text) {
    const sys::Fd file = TRY(sys::openat(directory, name, O_WRONLY));
    TRY(sys::write_all(file, text), "{} \"{}\"", name, util::trim(text));
    return {};
}

std::string read_from(int directory, const std::string& name) {
    const auto file = sys::openat(directory, name, O_RDONLY);
    if (!file) {
        return {};
    }
    return sys::read_all(*file, small_file).value_or("");
}

/// The number behind `key` in lines of "key number"; 0 if absent.
std::uint64_t value_of(std::string_view text, std::string_view key) {
    for (const std::string_view line : util::split_lines(text)) {
        const auto words = util::split_words(line);
        if (words.size() == 2 && words[0] == key) {
            std::uint64_t value = 0;
            std::from_chars(words[1].data(), words[1].data() + words[1].size(), value);
            return value;
        }
    }
    return 0;
}

bool is_cgroup2(const std::string& path) {
    struct statfs status{};
    return ::statfs(path.c_str(), &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC;
}

/// Our own group in the unified hierarchy, as a directory; empty if there is none.
std::string own_group() {
    const auto table = sys::read_file("/proc/self/cgroup", small_file);
    if (!table) {
        return {};
    }
    for (const std::string_view line : util::split_lines(*table)) {
        if (line.starts_with("0::")) {
            for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
                if (is_cgroup2(root)) {
                    return root + std::string(line.substr(3) == "/" ? "" : line.substr(3));
                }
            }
        }
    }
    return {};
}

bool has_controllers(const std::string& directory, const char* file) {
    const std::string text = sys::read_file(directory + "/" + file, small_file).value_or("");
    const auto words = util::split_words(text);
    const auto has = [&](std::string_view name) {
        return std::ranges::find(words, name) != words.end();
    };
    return has("memory") && has("pids") && has("cpu");
}

/// Our processes move to a leaf, so that the controllers can be handed on (the "no internal
/// processes" rule of cgroups(7)).
bool make_room(const std::string& group) {
    const std::string leaf = group + "/maelstrom-main";
    if (!sys::make_directories(leaf, 0755)) {
        return false;
    }
    const std::string members = sys::read_file(group + "/cgroup.procs", small_file).value_or("");
    for (const std::string_view member : util::split_words(members)) {
        if (!write_to(AT_FDCWD, leaf + "/cgroup.procs", member)) {
            return false;
        }
    }
    return write_to(AT_FDCWD, group + "/cgroup.subtree_control", "+memory +pids +cpu").has_value();
}

}  // namespace

std::string Cgroup::find_delegated() {
    std::string group = own_group();
    constexpr std::string_view main_leaf = "/maelstrom-main";
    if (group.ends_with(main_leaf)) {  // a second run in the same scope
        group.erase(group.size() - main_leaf.size());
    }
    // The root group belongs to the whole machine; taking it over would move every process.
    const bool is_root = ::access((group + "/cgroup.type").c_str(), F_OK) != 0;
    if (group.empty() || is_root || ::access(group.c_str(), W_OK) != 0 ||
        ::access((group + "/cgroup.procs").c_str(), W_OK) != 0 ||
        !has_controllers(group, "cgroup.controllers")) {
        return {};
    }
    const bool ready = has_controllers(group, "cgroup.subtree_control") || make_room(group);
    return ready ? group : std::string();
}

Result<Cgroup> Cgroup::create(const std::string& parent, const job::Limits& limits) {
    static std::atomic<unsigned> next = 0;
    const std::string path = fmt::format("{}/slot-{}-{}", parent, ::getpid(), next++);
    TRY(sys::mkdirat(AT_FDCWD, path, 0755), "making a cgroup");
    sys::Fd directory = TRY(sys::open(path, O_RDONLY | O_DIRECTORY));
    Cgroup group(path, std::move(directory), sys::Fd());
    const int fd = group.descriptor();
    if (limits.memory) {
        TRY(write_to(fd, "memory.max", fmt::format("{}", limits.memory->count)));
        // Absent where the machine has no swap accounting, and then there is none to use.
        (void)write_to(fd, "memory.swap.max", "0");
    }
    if (limits.processes) {
        TRY(write_to(fd, "pids.max", fmt::format("{}", *limits.processes + own_processes)));
    }
    if (limits.cpu) {
        constexpr double period = 100'000;
        TRY(write_to(fd, "cpu.max",
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
        .out_of_memory_kills = value_of(read_from(descriptor(), "memory.events"), "oom_kill"),
        .refused_processes = value_of(read_from(descriptor(), "pids.events"), "max"),
        .throttled_microseconds = value_of(read_from(descriptor(), "cpu.stat"), "throttled_usec"),
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
