#include "container/slot_program.hpp"

#include "slot/kernel.hpp"
#include "slot/wire.hpp"
#include "sys/file.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <vector>

extern "C" {
extern const unsigned char maelstrom_slot_program[];
extern const unsigned char maelstrom_slot_program_end[];
}

namespace maelstrom::container {

using util::Result;

namespace {

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
#endif

/// What the child needs between clone and exec; it shares our memory and may only make system
/// calls.
struct Birth {
    int program;
    int control;
    int kill;
    int* trees;
    int tree_count;
    long error = 0;
};

/// The slot's user id may be mapped to another number than 0, which would lose the capabilities of
/// the new namespace at exec: only ambient ones are kept.
MAELSTROM_BARE void keep_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    slot::call(SYS_capget, &header, sets);
    sets[0].inheritable = sets[0].permitted;
    sets[1].inheritable = sets[1].permitted;
    slot::call(SYS_capset, &header, sets);
    for (int capability = 0; capability < 64; ++capability) {
        if (slot::call(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) ==
            -EINVAL) {
            break;
        }
    }
}

MAELSTROM_BARE void become_slot(void* argument) {
    auto& birth = *static_cast<Birth*>(argument);
    const int out_of_the_way = slot::first_tree_descriptor + birth.tree_count;
    for (int i = 0; i < birth.tree_count; ++i) {
        int& tree = birth.trees[i];
        tree = static_cast<int>(slot::call(SYS_fcntl, tree, F_DUPFD_CLOEXEC, out_of_the_way));
    }
    const long program = slot::call(SYS_fcntl, birth.program, F_DUPFD_CLOEXEC, out_of_the_way);
    const long control = slot::call(SYS_fcntl, birth.control, F_DUPFD_CLOEXEC, out_of_the_way);
    const long kill = slot::call(SYS_fcntl, birth.kill, F_DUPFD_CLOEXEC, out_of_the_way);
    // Whatever somebody has forgotten to close on exec.
    slot::call(SYS_close_range, slot::kill_descriptor + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    slot::call(SYS_dup2, control, slot::control_descriptor);
    slot::call(SYS_dup2, kill, slot::kill_descriptor);
    for (int i = 0; i < birth.tree_count; ++i) {
        slot::call(SYS_dup2, birth.trees[i], slot::first_tree_descriptor + i);
    }
    keep_capabilities();
    static char name[] = "maelstrom-slot";
    static char* const arguments[] = {name, nullptr};
    static char* const environment[] = {nullptr};
    birth.error = slot::call(SYS_execveat, program, "", arguments, environment, AT_EMPTY_PATH);
    for (;;) {
        slot::call(SYS_exit_group, 127);
    }
}

/// Two messages of the largest size must fit, whether the slot reads or not.
Result<std::pair<sys::Fd, sys::Fd>> roomy_sockets() {
    auto pair = TRY(packet_sockets());
    const int room = 6 * static_cast<int>(slot::packet_limit);
    ::setsockopt(pair.first.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    return pair;
}

/// While it exists this thread has no supplementary groups, and neither has what it starts. A slot
/// cannot drop them itself: in its user namespace nobody may change groups. (System calls change
/// one thread; glibc's functions would change all.)
class NoSupplementaryGroups {
public:
    static Result<std::unique_ptr<NoSupplementaryGroups>> begin() {
        std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
        const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
        if (count < 0 || ::syscall(SYS_setgroups, 0, nullptr) != 0) {
            return util::fail_errno("dropping supplementary groups");
        }
        return std::unique_ptr<NoSupplementaryGroups>(new NoSupplementaryGroups(std::move(groups)));
    }
    NoSupplementaryGroups(const NoSupplementaryGroups&) = delete;
    NoSupplementaryGroups& operator=(const NoSupplementaryGroups&) = delete;
    ~NoSupplementaryGroups() { ::syscall(SYS_setgroups, groups_.size(), groups_.data()); }

private:
    explicit NoSupplementaryGroups(std::vector<gid_t> groups) : groups_(std::move(groups)) {}
    std::vector<gid_t> groups_;
};

/// From outside, since only that lets the map name somebody else. The slot waits for its first
/// request before it looks.
Result<void> map_user(long pid, const MappedUser& user) {
    const std::string process = fmt::format("/proc/{}", pid);
    const sys::Fd changing = TRY(sys::open(process + "/setgroups", O_WRONLY));
    TRY(sys::write_all(changing, "deny"));
    const sys::Fd users = TRY(sys::open(process + "/uid_map", O_WRONLY));
    TRY(sys::write_all(users, fmt::format("{} {} 1", user.inside_user, user.outside)));
    const sys::Fd groups = TRY(sys::open(process + "/gid_map", O_WRONLY));
    TRY(sys::write_all(groups, fmt::format("{} {} 1", user.inside_group, user.outside)));
    // Ours does not count for root, but it would for somebody else. Best effort: it takes
    // CAP_SYS_RESOURCE, which even root may lack.
    const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
    ::prlimit(static_cast<pid_t>(pid), RLIMIT_NPROC, &unlimited, nullptr);
    return {};
}

clone_args clone_arguments(const SlotStart& start, std::span<char> stack, int& pidfd) {
    clone_args how{};
    how.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_CLEAR_SIGHAND | CLONE_NEWUSER |
                CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
                (start.own_network ? CLONE_NEWNET : 0) |
                (start.cgroup >= 0 ? CLONE_INTO_CGROUP : CLONE_NEWCGROUP);
    how.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
    how.stack = reinterpret_cast<std::uint64_t>(stack.data());
    how.stack_size = stack.size();
    how.cgroup = start.cgroup >= 0 ? static_cast<std::uint64_t>(start.cgroup) : 0;
    // No exit signal: the program that we are a part of must not meet our children by accident.
    how.exit_signal = 0;
    return how;
}

/// Its process id.
Result<long> clone_slot(clone_args how, Birth& birth, bool is_mapped) {
    std::unique_ptr<NoSupplementaryGroups> no_groups;
    if (is_mapped) {
        no_groups = TRY(NoSupplementaryGroups::begin());
    }
    long pid = slot::clone_and_enter(how, become_slot, &birth);
    if (pid == -ENOSPC && (how.flags & CLONE_NEWCGROUP) != 0) {
        // Inside one of our own containers nobody may have a cgroup namespace (slot/guard.hpp).
        how.flags &= ~std::uint64_t{CLONE_NEWCGROUP};
        pid = slot::clone_and_enter(how, become_slot, &birth);
    }
    if (pid < 0) {
        errno = static_cast<int>(-pid);
        return util::fail_errno("creating a slot's namespaces");
    }
    return pid;
}

}  // namespace

Result<sys::Fd> make_slot_program() {
    // Kernels before 6.3 do not know MFD_EXEC; later ones may insist on it (vm.memfd_noexec).
    auto made = sys::memfd_create("maelstrom-slot", MFD_ALLOW_SEALING | MFD_EXEC);
    if (!made && made.error().os_error() == EINVAL) {
        made = sys::memfd_create("maelstrom-slot", MFD_ALLOW_SEALING);
    }
    sys::Fd file = TRY(std::move(made));
    const auto* begin = reinterpret_cast<const char*>(maelstrom_slot_program);
    const auto* end = reinterpret_cast<const char*>(maelstrom_slot_program_end);
    TRY(sys::write_all(file, std::string_view(begin, static_cast<std::size_t>(end - begin))));
    constexpr int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (::fcntl(file.get(), F_ADD_SEALS, seals) != 0) {
        return util::fail_errno("sealing the slot program");
    }
    // Linux refuses to execute what is open for writing; the seals leave only reading anyway.
    return TRY(sys::open(fmt::format("/proc/self/fd/{}", file.get()), O_RDONLY));
}

Result<SlotHandles> start_slot_program(const SlotStart& start) {
    auto [control, slot_control] = TRY(roomy_sockets());
    auto [kill, slot_kill] = TRY(roomy_sockets());
    SlotHandles handles{std::move(control), std::move(kill), sys::Fd()};
    std::vector<int> trees(start.trees.begin(), start.trees.end());
    Birth birth{start.program, slot_control.get(), slot_kill.get(), trees.data(),
                static_cast<int>(trees.size())};
    alignas(16) char stack[16 * 1024];
    int pidfd = -1;
    const long pid =
        TRY(clone_slot(clone_arguments(start, stack, pidfd), birth, start.mapped.has_value()));
    handles.pidfd = sys::Fd(pidfd);
    if (birth.error < 0) {
        end_slot(handles);
        errno = static_cast<int>(-birth.error);
        return util::fail_errno("executing the slot program");
    }
    if (start.mapped) {
        if (auto mapped = map_user(pid, *start.mapped); !mapped) {
            end_slot(handles);
            return std::unexpected(std::move(mapped).error());
        }
    }
    return handles;
}

void end_slot(const SlotHandles& handles) {
    kill_slot(handles);
    reap_slot(handles);
}

void kill_slot(const SlotHandles& handles) {
    ::syscall(SYS_pidfd_send_signal, handles.pidfd.get(), SIGKILL, nullptr, 0);
}

bool has_ended(const SlotHandles& handles, std::chrono::milliseconds patience) {
    pollfd end{handles.pidfd.get(), POLLIN, 0};
    int ready = 0;
    do {
        ready = ::poll(&end, 1, static_cast<int>(patience.count()));
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

void reap_slot(const SlotHandles& handles) {
    siginfo_t ended{};
    while (::waitid(P_PIDFD, static_cast<id_t>(handles.pidfd.get()), &ended, WEXITED | __WALL) !=
               0 &&
           errno == EINTR) {
    }
}

}  // namespace maelstrom::container
