#include "fork_point/cell.hpp"

#include "fork_point/image.hpp"
#include "fork_point/own_thread.hpp"
#include "slot/descriptors.hpp"
#include "slot/kernel.hpp"
#include "slot/mounting.hpp"
#include "slot/network.hpp"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace maelstrom::fork_point {

using slot::append;
using slot::call;

namespace {

constexpr unsigned long plain = MS_NOSUID | MS_NODEV;
/// Where the scratch tmpfs lies while a cell is made: on the point's own /proc, which the cell has
/// no more use for once its id maps are written.
constexpr const char* scratch = "/proc";

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

long attach(long mount, const char* path) {
    return slot::attach(mount, AT_FDCWD, path);
}

/// What takes the point's own mounts to be in sight, to be attached when they are not: one for each
/// entry, -1 where there is nothing to make.
using Detached = std::int32_t[entries_limit];

bool make_detached(Cell& cell, Detached& mounts) {
    const Table& table = *cell.table;
    for (std::size_t i = 0; i < table.count; ++i) {
        const Entry& entry = table.entries[i];
        long mount = -1;
        if (entry.treatment == Treatment::stacked) {
            mount = make_overlay(entry.view == nullptr ? entry.path : entry.view, i + 1,
                                 mode_of(entry.path));
            if (fail(cell, Step::overlay, mount)) {
                return false;
            }
        } else if (entry.treatment == Treatment::keep && (table.private_root || entry.is_covered)) {
            mount = slot::clone_tree(AT_FDCWD, entry.path);
            if (fail(cell, Step::mount, mount)) {
                return false;
            }
        }
        mounts[i] = static_cast<std::int32_t>(mount);
    }
    return true;
}

/// An overlay of its own on top of the point's root.
bool change_root(Cell& cell) {
    const long root = make_overlay(root_view, 0, cell.table->root_mode);
    if (fail(cell, Step::overlay, root)) {
        return false;
    }
    long result = attach(root, "/");
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
    if (cell.lane->scratch_bytes != 0) {
        append(append(end, ",size="), cell.lane->scratch_bytes);
    }
    if (fail(cell, Step::scratch, call(SYS_mount, "scratch", scratch, "tmpfs", plain, options))) {
        return false;
    }
    Detached mounts;
    if (!make_detached(cell, mounts) || (table.private_root && !change_root(cell))) {
        return false;
    }
    for (std::size_t i = 0; i < table.count; ++i) {
        const Entry& entry = table.entries[i];
        const long result = mounts[i] >= 0 ? attach(mounts[i], entry.path) : mount_fresh(entry);
        if (fail(cell, Step::mount, result)) {
            return false;
        }
    }
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

/// In an image the job shares the keeper's memory: see image.hpp.
long clone_job(Cell& cell) {
    clone_args how{};
    how.flags = CLONE_VM | CLONE_CHILD_SETTID;
    how.child_tid = reinterpret_cast<std::uint64_t>(thread_id_place());
    how.exit_signal = SIGCHLD;
    how.stack = reinterpret_cast<std::uint64_t>(cell.job_stack);
    how.stack_size = stack_size;
    const auto enter = [](void* argument) { enter_job(*static_cast<Cell*>(argument)); };
    return slot::clone_and_enter(how, enter, &cell);
}

long copy_job(Cell& cell) {
    // The C library's own: it runs the handlers of pthread_atfork(3) and renews what it keeps of a
    // thread. This process and the point share one thread's storage, and the point stands still.
    __atomic_store_n(&cell.forking, 1, __ATOMIC_SEQ_CST);
    const long job = ::fork();
    if (job == 0) {
        enter_job(cell);
    }
    __atomic_store_n(&cell.forking, 0, __ATOMIC_SEQ_CST);
    return job;
}

void fork_job(Cell& cell) {
    await(cell.fork);
    const long job = is_image() ? clone_job(cell) : copy_job(cell);
    const bool good = !fail(cell, Step::fork, job);
    set(cell.forked);
    if (!good) {
        return;
    }
    slot::wait_for_program(job, cell.reply.end);
    slot::kill_the_rest(cell.reply.end);
    if (get(cell.gate->taken) != static_cast<std::uint32_t>(Taken::job)) {
        return;  // somebody has killed it before
    }
    cell.reply.answer = Answer::ended;
    if (is_image()) {
        take_off_what_is_kept(cell.reply.end);
    }
    cell.reply.end.wall_nanoseconds = slot::now() - cell.start;
    cell.sockets_left = slot::count_sockets(cell.socket_counts) > cell.sockets_before;
    __atomic_store_n(&cell.finished, 1, __ATOMIC_SEQ_CST);
    ring(cell);
}

void keep(void* argument) {
    Cell& cell = *static_cast<Cell*>(argument);
    call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    const bool good = !fail(cell, Step::id_maps, take_identity(cell.identity)) && mount_all(cell) &&
                      bound_privileges(cell);
    __atomic_store_n(&cell.prepared, 1, __ATOMIC_SEQ_CST);
    ring(cell);
    if (good) {
        fork_job(cell);
    }
    leave(0);
}

}  // namespace

void ring(const Cell& cell) {
    const std::uint64_t one = 1;
    call(SYS_write, cell.wake, &one, sizeof one);
}

long clone_keeper(Cell& cell) {
    clone_args how{};
    how.flags = CLONE_VM | CLONE_PARENT | CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
                CLONE_NEWIPC | CLONE_NEWUTS;
    how.stack = reinterpret_cast<std::uint64_t>(cell.keeper.stack);
    how.stack_size = stack_size;
    return slot::clone_and_enter(how, keep, &cell);
}

}  // namespace maelstrom::fork_point
