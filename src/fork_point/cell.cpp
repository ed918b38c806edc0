#include "fork_point/cell.hpp"

#include "slot/container.hpp"
#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

#include <errno.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace maelstrom::fork_point {

using slot::append;
using slot::call;

namespace {

constexpr unsigned long plain = MS_NOSUID | MS_NODEV;
/// Where the scratch tmpfs lies while a cell is made: on the point's own /proc, which the cell has
/// no more use for once its id maps are written.
constexpr const char* scratch = "/proc";

void set(std::uint32_t& futex, std::uint32_t value) {
    __atomic_store_n(&futex, value, __ATOMIC_SEQ_CST);
    call(SYS_futex, &futex, FUTEX_WAKE, 1, nullptr, nullptr);
}

std::uint32_t get(const std::uint32_t& futex) {
    return __atomic_load_n(&futex, __ATOMIC_SEQ_CST);
}

void wait_for_change(const std::uint32_t& futex, const timespec* patience) {
    call(SYS_futex, &futex, FUTEX_WAIT, 0, patience, nullptr);
}

[[noreturn]] void leave(int status) {
    for (;;) {
        call(SYS_exit_group, status);
    }
}

bool fail(Cell& cell, Step step, long result) {
    if (result >= 0) {
        return false;
    }
    cell.reply.answer = Answer::not_started;
    cell.reply.step = step;
    cell.reply.error = static_cast<std::int32_t>(-result);
    return true;
}

// ----------------------------------------------------------------------------------------------------
// the cell's namespaces

long write_map(const char* path, long id) {
    char line[64];
    const auto number = static_cast<std::uint64_t>(id);
    append(append(append(append(line, number), " "), number), " 1");
    return slot::write_file(AT_FDCWD, path, line);
}

/// The same user and group as outside: a user namespace is what gives the right to make the others.
bool write_id_maps(Cell& cell) {
    long result = slot::write_file(AT_FDCWD, "/proc/self/setgroups", "deny");
    result = result < 0 ? result : write_map("/proc/self/uid_map", cell.user);
    result = result < 0 ? result : write_map("/proc/self/gid_map", cell.group);
    return !fail(cell, Step::id_maps, result);
}

/// A directory of the scratch tmpfs: "/proc/u3".
char* scratch_path(char* path, const char* letter, std::size_t index) {
    append(append(append(append(path, scratch), "/"), letter), index);
    return path;
}

/// An overlay on top of `lower` that keeps what is written in the scratch tmpfs; detached.
long make_overlay(const char* lower, std::size_t index, std::uint32_t mode) {
    char upper[32];
    char work[32];
    long result = call(SYS_mkdir, scratch_path(upper, "u", index), mode);
    result = result < 0 ? result : call(SYS_mkdir, scratch_path(work, "w", index), 0700);
    if (result < 0) {
        return result;
    }
    call(SYS_chmod, upper, mode);  // a umask may have taken something away
    const long context = call(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
    if (context < 0) {
        return context;
    }
    const auto set_option = [&](const char* key, const char* value) {
        result =
            result < 0 ? result : call(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0);
    };
    set_option("source", "root");
    set_option("lowerdir", lower);
    set_option("upperdir", upper);
    set_option("workdir", work);
    result = result < 0 ? result
                        : call(SYS_fsconfig, context, FSCONFIG_SET_FLAG, "userxattr", nullptr, 0);
    result = result < 0 ? result : call(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
    result = result < 0 ? result
                        : call(SYS_fsmount, context, FSMOUNT_CLOEXEC,
                               MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    call(SYS_close, context);
    return result;
}

std::uint32_t mode_of(const char* path) {
    struct statx status{};
    const long result = call(SYS_statx, AT_FDCWD, path, 0, STATX_MODE, &status);
    return result < 0 ? 0755 : status.stx_mode & 07777U;
}

void note_mount(Cell& cell, long mount) {
    cell.mounts[cell.mount_count] = static_cast<std::int32_t>(mount);
    ++cell.mount_count;
}

/// Attaches what was noted and closes its descriptor. Forgotten before it is closed: the number may
/// be another keeper's at once.
long attach_noted(Cell& cell, std::size_t index, const char* path) {
    const long mount = cell.mounts[index];
    const long result = call(SYS_move_mount, mount, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
    cell.mounts[index] = -1;
    call(SYS_close, mount);
    return result;
}

/// Makes what takes the point's own mounts to be in sight, to be attached when they are not: one
/// for each entry, -1 where there is nothing to make.
bool make_detached(Cell& cell) {
    const Table& table = *cell.table;
    for (std::size_t i = 0; i < table.count; ++i) {
        const Entry& entry = table.entries[i];
        long mount = -1;
        if (entry.treatment == Treatment::stacked) {
            mount = make_overlay(entry.path, i + 1, mode_of(entry.path));
            if (fail(cell, Step::overlay, mount)) {
                return false;
            }
        } else if (entry.treatment == Treatment::keep && table.private_root) {
            mount = slot::clone_tree(AT_FDCWD, entry.path);
            if (fail(cell, Step::mount, mount)) {
                return false;
            }
        }
        note_mount(cell, mount);
    }
    return true;
}

/// An overlay of its own on top of the point's root.
bool change_root(Cell& cell) {
    const long root = make_overlay(root_view, 0, cell.table->root_mode);
    if (fail(cell, Step::overlay, root)) {
        return false;
    }
    note_mount(cell, root);
    long result = attach_noted(cell, cell.mount_count - 1, "/");
    // ".." of the root directory is itself, and leads onto what is mounted there.
    result = result < 0 ? result : call(SYS_chdir, "/..");
    result = result < 0 ? result : call(SYS_chroot, ".");
    return !fail(cell, Step::enter_root, result);
}

long mount_fresh(const Entry& entry) {
    switch (entry.treatment) {
    case Treatment::proc:
        return call(SYS_mount, "proc", entry.path, "proc", plain | MS_NOEXEC, nullptr);
    case Treatment::devpts:
        return call(SYS_mount, "devpts", entry.path, "devpts", MS_NOSUID | MS_NOEXEC,
                    "newinstance,ptmxmode=0666,mode=0620");
    case Treatment::mqueue:
        return call(SYS_mount, "mqueue", entry.path, "mqueue", plain | MS_NOEXEC, nullptr);
    case Treatment::tmpfs:
        return call(SYS_mount, "tmpfs", entry.path, "tmpfs", plain, entry.options);
    default:
        return 0;
    }
}

bool mount_all(Cell& cell) {
    const Table& table = *cell.table;
    char options[64];
    char* end = append(options, "mode=0755");
    if (cell.lane.scratch_bytes != 0) {
        append(append(end, ",size="), cell.lane.scratch_bytes);
    }
    if (fail(cell, Step::scratch, call(SYS_mount, "scratch", scratch, "tmpfs", plain, options))) {
        return false;
    }
    if (!make_detached(cell) || (table.private_root && !change_root(cell))) {
        return false;
    }
    for (std::size_t i = 0; i < table.count; ++i) {
        const Entry& entry = table.entries[i];
        const long result =
            cell.mounts[i] >= 0 ? attach_noted(cell, i, entry.path) : mount_fresh(entry);
        if (fail(cell, Step::mount, result)) {
            return false;
        }
    }
    return true;
}

bool prepare_network(Cell& cell) {
    if (cell.lane.own_network == 0) {
        return true;
    }
    if (cell.lane.loopback != 0 && fail(cell, Step::loopback, slot::bring_loopback_up())) {
        return false;
    }
    // As for the jobs of a slot; best effort, since an older kernel has fewer for each network.
    slot::write_file(AT_FDCWD, "/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    slot::write_file(AT_FDCWD, "/proc/sys/net/ipv4/ping_group_range", "0 2147483646");
    return true;
}

/// What the job must not regain with exec. The keeper itself stays able.
bool bound_privileges(Cell& cell) {
    call(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int capability = 0; capability < 64; ++capability) {
        if (call(SYS_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0) == -EINVAL) {
            break;
        }
    }
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
    long result = call(SYS_capget, &header, sets);
    for (auto& part : sets) {
        part.inheritable = 0;
    }
    result = result < 0 ? result : call(SYS_capset, &header, sets);
    return !fail(cell, Step::privileges, result);
}

// ----------------------------------------------------------------------------------------------------
// the keeper

void note_usage(Reply& reply) {
    rusage usage{};
    call(SYS_getrusage, RUSAGE_CHILDREN, &usage);
    reply.user_microseconds = usage.ru_utime.tv_sec * 1'000'000 + usage.ru_utime.tv_usec;
    reply.system_microseconds = usage.ru_stime.tv_sec * 1'000'000 + usage.ru_stime.tv_usec;
    reply.peak_kibibytes = usage.ru_maxrss;
}

/// Collects everybody who dies in the namespace until it is the job, then kills the others.
void wait_for(Cell& cell, long job) {
    int status = 0;
    long who = 0;
    do {
        who = call(SYS_wait4, -1, &status, __WALL, nullptr);
    } while (who != job && (who > 0 || who == -EINTR));
    note_usage(cell.reply);
    cell.reply.wait_status = status;
    call(SYS_kill, -1, SIGKILL);
    while (call(SYS_wait4, -1, nullptr, __WALL, nullptr) != -ECHILD) {
    }
}

void run_job(Cell& cell) {
    while (get(cell.go) == 0) {
        wait_for_change(cell.go, nullptr);
    }
    const std::int64_t start = now();
    // The C library's own: it runs the handlers of pthread_atfork(3) and renews what it keeps of a
    // thread. This process and the point share one thread's storage, and the point stands still.
    const long job = ::fork();
    if (job == 0) {
        enter_job(cell);
    }
    if (fail(cell, Step::fork, job)) {
        set(cell.forked, 1);
        return;
    }
    cell.reply.answer = Answer::ended;
    set(cell.forked, 1);
    wait_for(cell, job);
    cell.reply.wall_nanoseconds = now() - start;
}

void keep(void* argument) {
    Cell& cell = *static_cast<Cell*>(argument);
    const bool good =
        write_id_maps(cell) && mount_all(cell) && prepare_network(cell) && bound_privileges(cell);
    __atomic_store_n(&cell.prepared, 1, __ATOMIC_SEQ_CST);
    const std::uint64_t one = 1;
    call(SYS_write, cell.wake, &one, sizeof one);
    if (good) {
        run_job(cell);
    }
    leave(0);
}

}  // namespace

std::int64_t now() {
    timespec time{};
    call(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

bool open_cell(Cell& cell) {
    cell.prepared = cell.go = cell.forked = cell.mount_count = 0;
    cell.reply = Reply{.cell = ++cell.number};
    cell.user = call(SYS_geteuid);
    cell.group = call(SYS_getegid);
    clone_args how{};
    how.flags = CLONE_VM | CLONE_FILES | CLONE_PIDFD | CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
                CLONE_NEWIPC | CLONE_NEWUTS | (cell.lane.own_network != 0 ? CLONE_NEWNET : 0);
    how.pidfd = reinterpret_cast<std::uint64_t>(&cell.pidfd);
    how.stack = reinterpret_cast<std::uint64_t>(cell.stack);
    how.stack_size = stack_size;
    cell.keeper = slot::clone_and_enter(how, keep, &cell);
    if (cell.keeper < 0) {
        fail(cell, Step::clone_cell, cell.keeper);
        cell.keeper = 0;
        return false;
    }
    return true;
}

void close_cell(Cell& cell) {
    int status = 0;
    while (call(SYS_wait4, cell.keeper, &status, __WALL, nullptr) == -EINTR) {
    }
    if (WIFSIGNALED(status)) {  // its owner has killed it, and all in it
        cell.reply.answer = Answer::ended;
        cell.reply.wait_status = SIGKILL;
    }
    close_mounts(cell);
    call(SYS_close, cell.pidfd);
    cell.pidfd = -1;
    cell.keeper = 0;
}

void close_mounts(Cell& cell) {
    for (std::uint32_t i = 0; i < cell.mount_count; ++i) {
        if (cell.mounts[i] >= 0) {
            call(SYS_close, cell.mounts[i]);
        }
    }
    cell.mount_count = 0;
}

void fork_cell(Cell& cell) {
    set(cell.go, 1);
    while (get(cell.forked) == 0) {
        // A keeper that is killed meanwhile wakes nobody.
        const timespec patience{0, 20'000'000};
        wait_for_change(cell.forked, &patience);
        pollfd end{cell.pidfd, POLLIN, 0};
        if (get(cell.forked) == 0 && call(SYS_poll, &end, 1, 0) > 0) {
            return;
        }
    }
}

}  // namespace maelstrom::fork_point
