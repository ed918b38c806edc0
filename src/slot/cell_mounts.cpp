// What is mounted for one job alone, by its reaper.

#include "slot/cell.hpp"
#include "slot/kept.hpp"
#include "slot/kernel.hpp"
#include "slot/misfit.hpp"
#include "slot/mounting.hpp"
#include "slot/remove_tree.hpp"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

namespace maelstrom::slot {

namespace {

/// A second mount of the job's root, with nothing below it: an overlay for a part of the job can be
/// stacked on this one. The working directory is the root by now.
bool mount_root_view(Cell& cell) {
    const char* path = cell.container->message.text(cell.container->plan->root_view);
    if (path == nullptr) {
        return true;
    }
    const char* inside = path + 1;
    call(SYS_mkdir, inside, 0755);  // below a directory that the job's author provides
    return checked(cell, Step::root_view, call(SYS_mount, ".", inside, nullptr, MS_BIND, nullptr));
}

bool make_directory(Cell& cell, const char* path, std::uint32_t mode) {
    if (!checked(cell, Step::scratch, call(SYS_mkdir, path, mode))) {
        return false;
    }
    if ((mode & 07022) != 0) {  // our umask has taken them away
        call(SYS_chmod, path, mode);
    }
    return true;
}

/// On a tmpfs of the job's own.
bool make_scratch_in_memory(Cell& cell) {
    const Container& container = *cell.container;
    const char* options = container.message.text(container.plan->tmpfs_options);
    return checked(cell, Step::scratch,
                   call(SYS_mount, "scratch", "/u", "tmpfs", MS_NOSUID | MS_NODEV, options)) &&
           make_directory(cell, "/u/u", container.root_mode) && make_directory(cell, "/u/w", 0700);
}

/// In the cell's directory on disk, where the job before has left what it wrote.
bool make_scratch_on_disk(Cell& cell, char* options) {
    char path[32];
    char* end = append(append(path, "/c/"), cell.place);
    if (!checked(cell, Step::scratch, remove_tree(path)) || !make_directory(cell, path, 0700)) {
        return false;
    }
    append(end, "/u");
    options = append(append(options, ",volatile,upperdir="), path);
    if (!make_directory(cell, path, cell.container->root_mode)) {
        return false;
    }
    append(end, "/w");
    append(append(options, ",workdir="), path);
    return make_directory(cell, path, 0700);
}

/// An overlay of its own with a fresh upper directory, on top of "/".
bool mount_private_root(Cell& cell) {
    Container& container = *cell.container;
    char options[sizeof container.overlay_options + 64];
    char* end = append(options, container.overlay_options);
    if (container.keeps_changes_on_disk()) {
        if (!make_scratch_on_disk(cell, end)) {
            return false;
        }
    } else if (container.plan->root_mode == RootMode::scratch && !make_scratch_in_memory(cell)) {
        return false;
    }
    return checked(cell, Step::overlay,
                   call(SYS_mount, "root", "/", "overlay", MS_NOSUID | MS_NODEV, options)) &&
           // ".." of the root directory is itself, and leads onto what is mounted there.
           checked(cell, Step::enter_root, call(SYS_chdir, "/..")) && mount_root_view(cell);
}

long mount_fresh(const Container& container, const Mount& mount, const char* target) {
    constexpr unsigned long safe = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    switch (mount.kind) {
    case MountKind::proc:
        return call(SYS_mount, "proc", target, "proc", safe, nullptr);
    case MountKind::tmpfs:
        return call(SYS_mount, "tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV,
                    container.message.text(container.plan->tmpfs_options));
    case MountKind::devpts:
        return call(SYS_mount, "devpts", target, "devpts", MS_NOSUID | MS_NOEXEC,
                    "newinstance,ptmxmode=0666,mode=0620");
    case MountKind::mqueue:
        return call(SYS_mount, "mqueue", target, "mqueue", safe, nullptr);
    case MountKind::made:
        return make_entry(target, container.message.text(mount.source));
    default:
        return -EBADMSG;
    }
}

long move_into_place(const Container& container,
                     std::uint32_t index,
                     int ground,
                     const char* target) {
    char name[16];
    append(append(name, "m"), index);
    const bool kept = container.mounts[index].kind == MountKind::kept;
    if (const long made = kept ? make_place(ground, name, target) : 0; made < 0) {
        return made;
    }
    const long result = call(SYS_move_mount, ground, name, AT_FDCWD, target, MOVE_MOUNT_T_SYMLINKS);
    return name_misfit(result, {ground, name}, {AT_FDCWD, target});
}

/// Hides what root of the host may write behind the slot's own read-only copies.
long guard_proc(int ground, const char* target) {
    for (const char* const* entry = guarded_proc_entries; *entry != nullptr; ++entry) {
        char from[64];
        char to[4200];
        append(append(from, "proc/"), *entry);
        append(append(append(to, target), "/"), *entry);
        const long tree = call(SYS_open_tree, ground, from, tree_flags);
        if (tree == -ENOENT) {
            continue;
        }
        if (const long result = attach(tree, AT_FDCWD, to); result < 0) {
            return result;
        }
    }
    return 0;
}

bool mount_one(Cell& cell, std::uint32_t index, int ground) {
    const Container& container = *cell.container;
    const Mount& mount = container.mounts[index];
    const char* target = container.message.text(mount.target);
    if (target == nullptr || strlen(target) > 4096) {
        return fail(cell, Step::mount, -EBADMSG, index);
    }
    long result = mount.placement == Placement::moved
                      ? move_into_place(container, index, ground, target)
                      : mount_fresh(container, mount, target);
    const char* view = container.message.text(mount.view);
    result = result < 0 || view == nullptr ? result : make_view(target, view);
    if (!checked(cell, Step::mount, result, index)) {
        cell.reply.length = result == -ENOTDIR ? length_of_file(AT_FDCWD, target) : 0;
        return false;
    }
    const bool guard = container.plan->guard_host != 0 && mount.kind == MountKind::proc;
    return !guard || checked(cell, Step::guard_job, guard_proc(ground, target), index);
}

bool needs_ground(const Container& container) {
    for (std::uint32_t i = 0; i < container.plan->mounts.count; ++i) {
        if (container.mounts[i].placement == Placement::moved) {
            return true;
        }
    }
    return container.plan->guard_host != 0;
}

}  // namespace

bool mount_all(Cell& cell) {
    const Container& container = *cell.container;
    if (!container.shares_root() && !mount_private_root(cell)) {
        return false;
    }
    // The job's own copy of the ground: only what is in one's mount namespace can be moved.
    const long ground =
        needs_ground(container) ? call(SYS_open, "/", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    bool good = checked(cell, Step::enter_root, call(SYS_chroot, "."));
    for (std::uint32_t i = 0; good && i < container.plan->mounts.count; ++i) {
        good = container.mounts[i].placement == Placement::inherited ||
               mount_one(cell, i, static_cast<int>(ground));
    }
    if (ground >= 0) {
        call(SYS_close, ground);
    }
    return good;
}

}  // namespace maelstrom::slot
