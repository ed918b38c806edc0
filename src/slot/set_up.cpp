#include "slot/container.hpp"
#include "slot/guard.hpp"
#include "slot/kept.hpp"
#include "slot/kernel.hpp"
#include "slot/misfit.hpp"
#include "slot/mounting.hpp"
#include "slot/network.hpp"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <initializer_list>

namespace maelstrom::slot {

// Files below them are the host's and root may write them by being their owner. (Others, such as
// /proc/mtrr and /proc/kcore, ask for a capability, which no job has over the host.)
const char* const guarded_proc_entries[] = {"sys",    "sysrq-trigger", "irq",  "bus",
                                            "fs",     "acpi",          "scsi", "dynamic_debug",
                                            "asound", "driver",        nullptr};

namespace {

// Descriptors that one step leaves to a later one.
struct Parts {
    long trees[mounts_limit];  ///< detached, by mount
    long root = -1;            ///< RootMode::bind: detached; later the attached root
    long layers = -1;
    long changes = -1;
};
Parts parts;  // too large for the stack

/// The owner has mapped our user to somebody of the host who owns nothing: from now on we are that.
long become_mapped_user(const SetUp& plan) {
    const std::uint32_t user = plan.inside_user;
    const std::uint32_t group = plan.inside_group;
    long result = call(SYS_setresgid, group, group, group);
    result = result < 0 ? result : call(SYS_setresuid, user, user, user);
    // Linux takes both away from who changes its user.
    call(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
    call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    return result;
}

long take_ids(Container& container) {
    const SetUp& plan = *container.plan;
    if (plan.owner_maps != 0) {
        return become_mapped_user(plan);
    }
    char line[64];
    // Only a process that has given up changing groups may map one without privileges
    // (user_namespaces(7)).
    if (const long result = write_file(AT_FDCWD, "/proc/self/setgroups", "deny"); result < 0) {
        return result;
    }
    char* end = append(append(append(line, plan.inside_user), " "), plan.outside_user);
    append(end, " 1");
    if (const long result = write_file(AT_FDCWD, "/proc/self/uid_map", line); result < 0) {
        return result;
    }
    end = append(append(append(line, plan.inside_group), " "), plan.outside_group);
    append(end, " 1");
    return write_file(AT_FDCWD, "/proc/self/gid_map", line);
}

long make_mounts_private(Container&) {
    return call(SYS_mount, nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
}

long raise_loopback(Container& container) {
    return container.plan->net == Net::loopback ? bring_loopback_up() : 0;
}

long name_host(Container& container) {
    const char* name = container.message.text(container.plan->host_name);
    return name == nullptr ? 0 : call(SYS_sethostname, name, strlen(name));
}

/// The ground is attached over "/": paths that start at our root directory do not see it, so the
/// host stays reachable until `enter_ground`.
long lay_ground(Container& container) {
    const long ground = make_file_system("tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (ground < 0) {
        return ground;
    }
    container.ground = static_cast<int>(ground);
    long result = call(SYS_move_mount, ground, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
    for (const char* directory : {"proc", "l", "c", "u", "r"}) {
        result = result < 0 ? result : call(SYS_mkdirat, ground, directory, 0755);
    }
    return result;
}

long mount_own_proc(Container& container) {
    return attach(
        make_file_system("proc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC),
        container.ground, "proc");
}

unsigned attributes_of(const Mount& mount) {
    switch (mount.kind) {
    case MountKind::bind:
        return MOUNT_ATTR_NOSUID;
    case MountKind::device:
        // Writing to a device is allowed on a read-only mount, changing its mode is not.
        return MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY;
    default:
        return MOUNT_ATTR_NOSUID | MOUNT_ATTR_RDONLY;
    }
}

long clone_source(Container& container, std::uint32_t index) {
    const Mount& mount = container.mounts[index];
    const bool device = mount.kind == MountKind::device;
    const char* source = container.message.text(mount.source);
    if (source == nullptr) {
        return -EBADMSG;
    }
    const long tree = mount.tree != no_tree ? mount.tree
                      : device              ? call(SYS_open_tree, AT_FDCWD, source, tree_flags)
                                            : clone_tree(AT_FDCWD, source);
    if (tree < 0) {
        return tree;
    }
    parts.trees[index] = tree;
    return add_attributes(tree, attributes_of(mount), device ? 0 : recursive);
}

long open_sources(Container& container, bool devices) {
    for (std::uint32_t i = 0; i < container.plan->mounts.count; ++i) {
        const MountKind kind = container.mounts[i].kind;
        const bool bound = kind == MountKind::bind || kind == MountKind::bind_read_only ||
                           kind == MountKind::host_tree;
        if (!(devices ? kind == MountKind::device : bound)) {
            continue;
        }
        container.failing_index = i;
        if (const long result = clone_source(container, i); result < 0) {
            return result;
        }
    }
    return 0;
}
long open_bind_sources(Container& container) {
    return open_sources(container, false);
}
long open_devices(Container& container) {
    return open_sources(container, true);
}

long make_sysfs(Container& container) {
    for (std::uint32_t i = 0; i < container.plan->mounts.count; ++i) {
        if (container.mounts[i].kind == MountKind::sysfs) {
            container.failing_index = i;
            parts.trees[i] = make_file_system("sysfs", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
                                                           MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
            if (parts.trees[i] < 0) {
                return parts.trees[i];
            }
        }
    }
    return 0;
}

long open_layers(Container& container) {
    const SetUp& plan = *container.plan;
    const char* layers = container.message.text(plan.layers);
    if (layers == nullptr) {
        return -EBADMSG;
    }
    const long tree = plan.layers_tree != no_tree ? plan.layers_tree : clone_tree(AT_FDCWD, layers);
    if (tree < 0) {
        return tree;
    }
    if (const long result = add_attributes(
            tree, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, recursive);
        result < 0) {
        return result;
    }
    (plan.root_mode == RootMode::bind ? parts.root : parts.layers) = tree;
    return 0;
}

long open_changes(Container& container) {
    const char* changes = container.message.text(container.plan->changes);
    if (changes == nullptr) {
        return container.plan->root_mode == RootMode::captured ? -EBADMSG : 0;
    }
    parts.changes = container.plan->changes_tree != no_tree ? container.plan->changes_tree
                                                            : clone_tree(AT_FDCWD, changes);
    return parts.changes;
}

/// Host mounts that stay in our namespace would count as "a whole /proc in sight" (and /sys alike)
/// for jobs in user namespaces of their own. Something on top, which such a namespace finds locked,
/// ends that.
void obstruct_host_mounts(const Container& container) {
    const Array paths = container.plan->obstructions;
    const auto* path = container.message.elements<CoverPath>(paths);
    for (std::uint32_t i = 0; path != nullptr && i < paths.count; ++i) {
        call(SYS_mount, "tmpfs", container.message.text(path[i].path), "tmpfs", MS_RDONLY, nullptr);
    }
}

/// The ground becomes the root directory and every mount of the host goes away.
long enter_ground(Container& container) {
    long result = call(SYS_fchdir, container.ground);
    if (result < 0) {
        return result;
    }
    result = call(SYS_pivot_root, ".", ".");
    if (result == -EINVAL) {
        // The host's root is the initial file system of the kernel, which cannot be moved
        // (pivot_root(2)). It stays below the ground, out of reach; only a little slower.
        obstruct_host_mounts(container);
        return call(SYS_chroot, ".");
    }
    return result < 0 ? result : call(SYS_umount2, ".", MNT_DETACH);
}

long link_layer(Container& container, std::uint32_t number, const char* path) {
    char name[16];
    append(name, number);
    char target[4096 + 8];
    if (strlen(path) > 4096) {
        return -ENAMETOOLONG;
    }
    append(append(target, "/l/"), path);
    return call(SYS_symlinkat, target, container.ground, name);
}

/// Overlay options are limited in length and full of special characters: links with short names
/// avoid both.
long name_layers(Container& container) {
    const SetUp& plan = *container.plan;
    const auto* lowers = container.message.elements<LowerPath>(plan.lowers);
    if (lowers == nullptr || plan.lowers.count == 0 || plan.lowers.count > lowers_limit) {
        return -EBADMSG;
    }
    if (const long result = attach(parts.layers, container.ground, "l"); result < 0) {
        return result;
    }
    char* end = append(container.overlay_options, "userxattr,lowerdir=");
    for (std::uint32_t i = 0; i < plan.lowers.count; ++i) {
        const char* path = container.message.text(lowers[i].path);
        const long result = path == nullptr ? -EBADMSG : link_layer(container, i, path);
        if (result < 0) {
            return result;
        }
        end = append(append(end, i == 0 ? "/" : ":/"), i);
    }
    struct stat top{};
    if (const long result = call(SYS_newfstatat, container.ground, "0", &top, 0); result < 0) {
        return result;
    }
    container.root_mode = top.st_mode & 07777;
    return 0;
}

long name_changes(Container& container) {
    const SetUp& plan = *container.plan;
    char* end = container.overlay_options + strlen(container.overlay_options);
    if (container.keeps_changes_on_disk()) {
        return attach(parts.changes, container.ground, "c");  // each cell has a directory in it
    }
    if (plan.root_mode == RootMode::scratch) {
        append(end, ",upperdir=/u/u,workdir=/u/w");
        return 0;
    }
    const char* upper = container.message.text(plan.upper);
    const char* work = container.message.text(plan.work);
    if (upper == nullptr || work == nullptr || strlen(upper) + strlen(work) > 4096) {
        return -EBADMSG;
    }
    char target[4096 + 8];
    append(append(target, "/c/"), upper);
    long result = call(SYS_symlinkat, target, container.ground, "upper");
    append(append(target, "/c/"), work);
    result = result < 0 ? result : call(SYS_symlinkat, target, container.ground, "work");
    append(end, ",upperdir=/upper,workdir=/work");
    return result < 0 ? result : attach(parts.changes, container.ground, "c");
}

/// For roots that all jobs share: attached below the ground until everything is in place.
long prepare_root(Container& container) {
    long result = 0;
    switch (container.plan->root_mode) {
    case RootMode::bind:
        result = attach(parts.root, container.ground, "r");
        break;
    case RootMode::stacked:
        result = name_layers(container);
        result = result < 0 ? result
                            : call(SYS_mount, "root", "/r", "overlay",
                                   MS_RDONLY | MS_NOSUID | MS_NODEV, container.overlay_options);
        // The overlay holds its own references; each mount less makes each job faster.
        result = result < 0 ? result : call(SYS_umount2, "/l", MNT_DETACH);
        break;
    default:
        result = name_layers(container);
        return result < 0 ? result : name_changes(container);
    }
    if (result < 0) {
        return result;
    }
    parts.root = call(SYS_openat, container.ground, "r", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return parts.root < 0 ? parts.root : 0;
}

/// Makes `/m<index>`, a directory or a file as the tree is.
long make_resting_place(Container& container, std::uint32_t index, long tree) {
    char name[16];
    append(append(name, "m"), index);
    struct stat status{};
    if (const long result = call(SYS_newfstatat, tree, "", &status, AT_EMPTY_PATH); result < 0) {
        return result;
    }
    if (S_ISDIR(status.st_mode)) {
        const long result = call(SYS_mkdirat, container.ground, name, 0755);
        return result < 0 ? result : call(SYS_openat, container.ground, name, O_PATH | O_CLOEXEC);
    }
    const long file =
        call(SYS_openat, container.ground, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    call(SYS_close, file);
    return file < 0 ? file : call(SYS_openat, container.ground, name, O_PATH | O_CLOEXEC);
}

/// Where a tree is to be attached: its mount point, or where jobs find it to move it there.
long open_target(Container& container, std::uint32_t index, long tree) {
    const Mount& mount = container.mounts[index];
    if (mount.placement == Placement::moved) {
        return make_resting_place(container, index, tree);
    }
    const char* path = container.message.text(mount.target);
    return path == nullptr || parts.root < 0 ? -EBADMSG
                                             : open_inside(static_cast<int>(parts.root), path);
}

/// Notes what of a mount point is a file; returns the result for convenience.
long misplaced(Container& container, long result, const char* path) {
    if (result == -ENOTDIR && path != nullptr) {
        container.failing_length = length_of_file(static_cast<int>(parts.root), path);
    }
    return result;
}

long attach_mounts(Container& container) {
    for (std::uint32_t i = 0; i < container.plan->mounts.count; ++i) {
        const Mount& mount = container.mounts[i];
        if (mount.placement == Placement::fresh) {
            continue;
        }
        container.failing_index = i;
        const char* path = container.message.text(mount.target);
        const long tree = mount.kind == MountKind::kept
                              ? clone_kept(static_cast<int>(parts.root), path)
                              : parts.trees[i];
        const long target = tree < 0 ? tree : open_target(container, i, tree);
        if (target < 0) {
            return misplaced(container, target, path);
        }
        long result = attach_to(tree, target);
        if (result < 0) {
            result = name_misfit(result, {static_cast<int>(tree)}, {static_cast<int>(target)});
            misplaced(container, result, path);
        }
        result = result < 0 ? result : cover_sub_mounts(container, mount, tree);
        call(SYS_close, target);
        call(SYS_close, tree);
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

/// The shared root goes on top of "/" and becomes the working directory.
long raise_root(Container& container) {
    if (!container.shares_root()) {
        return 0;
    }
    long result = call(SYS_move_mount, parts.root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
    result = result < 0 ? result : call(SYS_fchdir, parts.root);
    call(SYS_close, parts.root);
    return result;
}

/// Before jobs get anywhere near: what root of the host may write becomes read-only in the slot's
/// own /proc. A job in a user namespace of its own cannot mount a fresh one then: Linux wants a
/// whole one in sight for that.
long guard_own_proc(Container& container) {
    if (container.plan->guard_host == 0) {
        return 0;
    }
    for (const char* const* entry = guarded_proc_entries; *entry != nullptr; ++entry) {
        char path[64];
        append(append(path, "proc/"), *entry);
        const long tree = call(SYS_open_tree, container.ground, path, tree_flags);
        if (tree == -ENOENT) {
            continue;
        }
        long result = tree < 0 ? tree : add_attributes(tree, MOUNT_ATTR_RDONLY);
        result = result < 0 ? result : attach(tree, container.ground, path);
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

long seal_ground(Container& container) {
    return add_attributes(container.ground, MOUNT_ATTR_RDONLY);
}

struct SetUpStep {
    Step step;
    long (*run)(Container&);
};

// The order matters: everything of the host is opened before its mounts go away, and /proc and
// /sys can be made only while the host's are in sight.
constexpr SetUpStep set_up_steps[] = {
    {Step::id_maps, take_ids},
    {Step::private_mounts, make_mounts_private},
    {Step::loopback, raise_loopback},
    {Step::host_name, name_host},
    {Step::ground, lay_ground},
    {Step::proc, mount_own_proc},
    {Step::groups, keep_from_groups},
    {Step::bind_source, open_bind_sources},
    {Step::device_source, open_devices},
    {Step::sysfs, make_sysfs},
    {Step::layers, open_layers},
    {Step::changes, open_changes},
    {Step::pivot, enter_ground},
    {Step::root, prepare_root},
    {Step::attach, attach_mounts},
    {Step::root, raise_root},
    {Step::guard, guard_own_proc},
    {Step::ground, seal_ground},
    {Step::privileges, drop_privileges_of_slot},
    {Step::filter, install_filter},
};

long read_plan(Container& container) {
    if (container.message.error != 0) {
        return container.message.error;
    }
    if (container.message.size < sizeof(SetUp)) {
        return -EBADMSG;
    }
    container.plan = reinterpret_cast<const SetUp*>(container.message.bytes);
    const SetUp& plan = *container.plan;
    container.mounts = container.message.elements<Mount>(plan.mounts);
    container.limits = container.message.elements<ResourceLimit>(plan.limits);
    const bool good = container.mounts != nullptr && container.limits != nullptr &&
                      plan.mounts.count <= mounts_limit && plan.limits.count <= 32;
    return good ? 0 : -EBADMSG;
}

}  // namespace

Reply set_up(Container& container) {
    Reply reply{};
    if (const long result = read_plan(container); result < 0) {
        reply.step = Step::message;
        reply.error = static_cast<std::int32_t>(-result);
        return reply;
    }
    for (const SetUpStep& step : set_up_steps) {
        if (const long result = step.run(container); result < 0) {
            reply.step = container.covering ? Step::cover : step.step;
            reply.error = static_cast<std::int32_t>(-result);
            reply.index = container.failing_index;
            reply.length = container.failing_length;
            return reply;
        }
        if (step.step == Step::proc && container.plan->net != Net::local) {
            set_network_switches(container.ground);
        }
    }
    watch_sockets(container);
    return reply;
}

}  // namespace maelstrom::slot
