#include "slot/container.hpp"
#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>

namespace maelstrom::slot {

namespace {

/// An empty file of the ground, detached.
long make_empty_file(const Container& container) {
    const long file =
        call(SYS_openat, container.ground, "empty", O_CREAT | O_WRONLY | O_CLOEXEC, 0444);
    call(SYS_close, file);
    const long tree = file < 0 ? file : clone_tree(container.ground, "empty");
    const long result = tree < 0 ? tree : add_attributes(tree, MOUNT_ATTR_RDONLY);
    return result < 0 ? result : tree;
}

/// Hides one sub-mount that must not be followed, a directory or a file, below an empty one: it
/// cannot be unmounted, because a new user namespace locks them together (mount_namespaces(7)).
long cover(Container& container, long target) {
    const long directory =
        make_file_system("tmpfs", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    long result = directory < 0 ? directory : attach_to(directory, target);
    call(SYS_close, directory);
    // So Linux says that one is a directory and the other is not. To ask a foreign file system
    // could take for ever.
    if (result == -EINVAL || result == -ENOTDIR) {
        const long file = make_empty_file(container);
        result = file < 0 ? file : attach_to(file, target);
        call(SYS_close, file);
    }
    return result;
}

}  // namespace

long cover_sub_mounts(Container& container, const Mount& mount, long tree) {
    const auto* covers = container.message.elements<CoverPath>(mount.covers);
    if (covers == nullptr) {
        return mount.covers.count == 0 ? 0 : -EBADMSG;
    }
    for (std::uint32_t i = 0; i < mount.covers.count; ++i) {
        const char* path = container.message.text(covers[i].path);
        const long target = path == nullptr ? -EBADMSG : open_inside(static_cast<int>(tree), path);
        // It has gone meanwhile, or something else is mounted over it: nobody gets there.
        if (target == -ENOENT || target == -ENOTDIR) {
            continue;
        }
        const long result = target < 0 ? target : cover(container, target);
        call(SYS_close, target);
        if (result < 0) {
            container.covering = true;
            return result;
        }
    }
    return 0;
}

}  // namespace maelstrom::slot
