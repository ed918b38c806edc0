#include "slot/kept.hpp"

#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/stat.h>

namespace maelstrom::slot {

namespace {

constexpr std::uint32_t directory_mode = 0755;

long unless_there(long result) {
    return result == -EEXIST ? 0 : result;
}

long make_parents(const char* path) {
    char part[4096 + 1];
    if (strlen(path) >= sizeof part) {
        return -ENAMETOOLONG;
    }
    long result = 0;
    for (std::size_t length = 1; path[length] != '\0' && result >= 0; ++length) {
        if (path[length] == '/') {
            memcpy(part, path, length);
            part[length] = '\0';
            result = unless_there(call(SYS_mkdir, part, directory_mode));
        }
    }
    return result;
}

}  // namespace

long clone_kept(int root, const char* path) {
    const long place = path == nullptr || root < 0 ? -EBADMSG : open_inside(root, path);
    if (place < 0) {
        return place;
    }
    const long tree =
        call(SYS_open_tree, place, "", tree_flags | static_cast<int>(recursive) | AT_EMPTY_PATH);
    call(SYS_close, place);
    return tree;
}

long make_place(int directory, const char* kept, const char* target) {
    struct stat status{};
    long result = call(SYS_newfstatat, directory, kept, &status, 0);
    if (result >= 0 && S_ISDIR(status.st_mode)) {
        return make_entry(target, nullptr);
    }
    result = result < 0 ? result : make_parents(target);
    const long file =
        result < 0 ? result : call(SYS_open, target, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    call(SYS_close, file);
    return file < 0 ? file : 0;
}

long make_entry(const char* path, const char* link_target) {
    const long result = make_parents(path);
    if (result < 0) {
        return result;
    }
    return unless_there(link_target == nullptr ? call(SYS_mkdir, path, directory_mode)
                                               : call(SYS_symlink, link_target, path));
}

long make_view(const char* path, const char* view) {
    const long tree = call(SYS_open_tree, AT_FDCWD, path, tree_flags);
    const long result = tree < 0 ? tree : add_attributes(tree, MOUNT_ATTR_RDONLY);
    if (result < 0) {
        call(SYS_close, tree);
        return result;
    }
    return attach(tree, AT_FDCWD, view);
}

}  // namespace maelstrom::slot
