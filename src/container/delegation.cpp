#include "container/delegation.hpp"

#include "container/cgroup.hpp"
#include "container/cgroup_files.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "util/text.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace maelstrom::container {

namespace {

constexpr std::string_view main_leaf = "maelstrom-main";
constexpr util::Bytes table_limit{64 * 1024};
// New processes may appear between reading who is in a group and moving them.
constexpr int rounds = 20;
/// One process may be stuck in the kernel, and nobody should wait for that.
constexpr std::chrono::milliseconds patience{1000};
using Clock = std::chrono::steady_clock;

bool is_cgroup2(const std::string& path) {
    struct statfs status{};
    return ::statfs(path.c_str(), &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC;
}

/// Our own group in the unified hierarchy, as a directory; empty if there is none.
std::string own_group() {
    const auto table = sys::read_file("/proc/self/cgroup", table_limit);
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

bool has_controllers(int group, const char* file) {
    const std::string text = read_control(group, file);
    const auto words = util::split_words(text);
    const auto has = [&](std::string_view name) {
        return std::ranges::find(words, name) != words.end();
    };
    return has("memory") && has("pids") && has("cpu");
}

bool may_arrange(const std::string& group) {
    // The root group belongs to the whole machine; taking it over would move every process.
    const bool is_root = ::access((group + "/cgroup.type").c_str(), F_OK) != 0;
    return !group.empty() && !is_root && ::access(group.c_str(), W_OK) == 0 &&
           ::access((group + "/cgroup.procs").c_str(), W_OK) == 0;
}

/// Moves all processes of a group, then does `last`, which Linux refuses while there are any.
template <class Last>
bool move_everybody(int group, const std::string& from, const std::string& to, Last last) {
    for (int round = 0; round < rounds; ++round) {
        const std::string members = read_control(group, from);
        for (const std::string_view member : util::split_words(members)) {
            (void)write_control(group, to, member);  // it may have ended
        }
        if (last()) {
            return true;
        }
    }
    return false;
}

/// Slots end after their program has, or has asked them to, but not at the same moment.
void wait_for_its_end(const sys::Fd& parent, const std::string& group, Clock::time_point deadline) {
    for (bool in_time = true; in_time;) {
        const auto events = sys::openat(parent.get(), group + "/cgroup.events", O_RDONLY);
        const auto text = events ? sys::read_all(*events, table_limit) : std::string();
        if (!text || value_of(*text, "populated") == 0) {
            return;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        // A change since it was read, see cgroups(7).
        pollfd change{.fd = events->get(), .events = POLLPRI, .revents = 0};
        in_time = ::poll(&change, 1, std::max(0, static_cast<int>(left.count()))) != 0;
    }
}

/// Groups of slots whose programs have ended. Nobody else is here.
void remove_stale_groups(const sys::Fd& group) {
    const auto entries = sys::list_directory(group);
    if (!entries) {
        return;
    }
    const Clock::time_point deadline = Clock::now() + patience;
    for (const sys::DirectoryEntry& entry : *entries) {
        if (entry.name.starts_with(Cgroup::name_prefix)) {
            wait_for_its_end(group, entry.name, deadline);
            (void)sys::unlinkat(group.get(), entry.name, AT_REMOVEDIR);
        }
    }
}

bool has_other_groups(const sys::Fd& group) {
    const auto entries = sys::list_directory(group);
    return !entries || std::ranges::any_of(*entries, [](const sys::DirectoryEntry& entry) {
        return entry.type == DT_DIR && entry.name != main_leaf;
    });
}

}  // namespace

std::optional<Delegation> Delegation::find() {
    std::string path = own_group();
    const std::string below = "/" + std::string(main_leaf);
    if (path.ends_with(below)) {  // another run in the same scope has moved us
        path.erase(path.size() - below.size());
    }
    if (!may_arrange(path)) {
        return std::nullopt;
    }
    auto group = sys::open(path, O_RDONLY | O_DIRECTORY);
    if (!group || !has_controllers(group->get(), "cgroup.controllers")) {
        return std::nullopt;
    }
    if (sys::flock(*group, LOCK_EX | LOCK_NB).value_or(false)) {
        remove_stale_groups(*group);
    }
    if (!sys::flock(*group, LOCK_SH)) {
        return std::nullopt;
    }
    Delegation found(std::move(path), std::move(*group));
    return found.hand_on_controllers() ? std::optional(std::move(found)) : std::nullopt;
}

Delegation::~Delegation() {
    // Whoever else is here needs it as it is.
    if (group_ && sys::flock(group_, LOCK_EX | LOCK_NB).value_or(false)) {
        put_back();
    }
}

bool Delegation::hand_on_controllers() {
    const int group = group_.get();
    if (has_controllers(group, "cgroup.subtree_control")) {
        return true;
    }
    const std::string leaf(main_leaf);
    if (::mkdirat(group, leaf.c_str(), 0755) != 0 && errno != EEXIST) {
        return false;
    }
    return move_everybody(group, "cgroup.procs", leaf + "/cgroup.procs", [&] {
        return write_control(group, "cgroup.subtree_control", "+memory +pids +cpu").has_value();
    });
}

void Delegation::put_back() {
    const int group = group_.get();
    const std::string leaf(main_leaf);
    remove_stale_groups(group_);
    if (::faccessat(group, leaf.c_str(), F_OK, 0) != 0 || has_other_groups(group_) ||
        !write_control(group, "cgroup.subtree_control", "-memory -pids -cpu")) {
        return;
    }
    move_everybody(group, leaf + "/cgroup.procs", "cgroup.procs", [&] {
        // Who is just ending can neither be moved nor be left there.
        wait_for_its_end(group_, leaf, Clock::now() + patience / rounds);
        return sys::unlinkat(group, leaf, AT_REMOVEDIR).has_value();
    });
}

}  // namespace maelstrom::container
