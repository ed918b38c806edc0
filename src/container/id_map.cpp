#include "container/id_map.hpp"

#include "container/host_mounts.hpp"
#include "slot/kernel.hpp"
#include "sys/file.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace maelstrom::container {

using util::Result;

namespace {

/// Only a process can have a user namespace made and its maps written; this one does nothing else.
MAELSTROM_BARE void wait_for_the_end(void* owner) {
    // It has copies of all our descriptors, and so of locks: it must not outlive us.
    slot::call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
    if (slot::call(SYS_getppid) != *static_cast<const pid_t*>(owner)) {
        slot::call(SYS_exit_group, 0);
    }
    for (;;) {
        slot::call(SYS_pause);
    }
}

class Placeholder {
public:
    static Result<std::unique_ptr<Placeholder>> start() {
        auto placeholder = std::make_unique<Placeholder>();
        clone_args how{};
        how.flags = CLONE_VM | CLONE_NEWUSER;
        how.stack = reinterpret_cast<std::uint64_t>(placeholder->stack_);
        how.stack_size = sizeof placeholder->stack_;
        how.exit_signal = 0;  // nobody else's business
        placeholder->pid_ = slot::clone_and_enter(how, wait_for_the_end, &placeholder->owner_);
        if (placeholder->pid_ < 0) {
            errno = static_cast<int>(-placeholder->pid_);
            return util::fail_errno("making a user namespace");
        }
        return placeholder;
    }
    Placeholder() = default;
    Placeholder(const Placeholder&) = delete;
    Placeholder& operator=(const Placeholder&) = delete;
    ~Placeholder() {
        if (pid_ > 0) {
            ::kill(static_cast<pid_t>(pid_), SIGKILL);
            // Its stack is ours: it must have gone.
            while (::waitpid(static_cast<pid_t>(pid_), nullptr, __WALL) < 0 && errno == EINTR) {
            }
        }
    }
    std::string file(std::string_view name) const { return fmt::format("/proc/{}/{}", pid_, name); }

private:
    pid_t owner_ = ::getpid();
    long pid_ = 0;
    alignas(16) char stack_[16 * 1024];
};

/// Every id of the disk stays what it is, but ours becomes the unprivileged one.
std::string map_with(std::uint32_t own) {
    constexpr std::uint32_t after_last = 0xffffffff;  // which is no id
    std::string text;
    if (own > 0) {
        text += fmt::format("0 0 {}\n", own);
    }
    text += fmt::format("{} {} 1\n", own, unprivileged_id);
    text += fmt::format("{0} {0} {1}\n", own + 1, unprivileged_id - own - 1);
    text += fmt::format("{0} {0} {1}\n", unprivileged_id + 1, after_last - unprivileged_id - 1);
    return text;
}

Result<void> write_map(const std::string& path, std::uint32_t own) {
    const sys::Fd file = TRY(sys::open(path, O_WRONLY));
    return sys::write_all(file, map_with(own));
}

/// Detached. What is mounted on the host later is none of its business, and the other way round.
Result<sys::Fd> open_tree(const std::string& path, unsigned flags) {
    const long tree = slot::call(SYS_open_tree, AT_FDCWD, path.c_str(),
                                 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
    if (tree < 0) {
        errno = static_cast<int>(-tree);
        return util::fail_errno("open_tree {}", path);
    }
    sys::Fd owned(static_cast<int>(tree));
    mount_attr change{};
    change.propagation = MS_PRIVATE;
    const long result = slot::call(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE,
                                   &change, sizeof change);
    if (result < 0) {
        errno = static_cast<int>(-result);
        return util::fail_errno("separating {} from the host's mounts", path);
    }
    return owned;
}

long set_map(const sys::Fd& tree, const std::string& path, const sys::Fd& map, unsigned flags) {
    mount_attr change{};
    change.attr_set = MOUNT_ATTR_IDMAP;
    change.userns_fd = static_cast<std::uint64_t>(map.get());
    flags |= AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (path.empty() ? AT_EMPTY_PATH : 0);
    return slot::call(SYS_mount_setattr, tree.get(), path.c_str(), flags, &change, sizeof change);
}

std::string real_path(const std::string& path) {
    const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), ::free);
    return real ? real.get() : path;
}

}  // namespace

Result<IdMap> IdMap::create() {
    const auto placeholder = TRY(Placeholder::start());
    TRY(write_map(placeholder->file("uid_map"), ::geteuid()));
    TRY(write_map(placeholder->file("gid_map"), ::getegid()));
    return IdMap(TRY(sys::open(placeholder->file("ns/user"), O_RDONLY)));
}

Result<sys::Fd> IdMap::clone_tree(const std::string& path) const {
    sys::Fd tree = TRY(open_tree(path, AT_RECURSIVE));
    if (set_map(tree, "", user_namespace_, AT_RECURSIVE) == 0) {
        return tree;
    }
    // All or nothing: some sub-mount is of a kind that cannot be mapped.
    if (const long result = set_map(tree, "", user_namespace_, 0); result < 0) {
        errno = static_cast<int>(-result);
        return util::fail_errno("mapping the owners below {}", path);
    }
    for (const std::string& place : mounts_below(real_path(path))) {
        set_map(tree, place, user_namespace_, 0);
    }
    return tree;
}

Result<sys::Fd> IdMap::clone_node(const std::string& path) const {
    sys::Fd node = TRY(open_tree(path, 0));
    set_map(node, "", user_namespace_, 0);
    return node;
}

}  // namespace maelstrom::container
