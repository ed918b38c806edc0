#include "slot/mounting.hpp"

#include <linux/openat2.h>
#include <string.h>

namespace maelstrom::slot {

long make_file_system(const char* type, unsigned attributes) {
    const long context = call(SYS_fsopen, type, FSOPEN_CLOEXEC);
    if (context < 0) {
        return context;
    }
    long result = call(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
    if (result >= 0) {
        result = call(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
    }
    call(SYS_close, context);
    return result;
}

long attach(long mount, int directory, const char* path) {
    if (mount < 0) {
        return mount;
    }
    const long result = call(SYS_move_mount, mount, "", directory, path, MOVE_MOUNT_F_EMPTY_PATH);
    call(SYS_close, mount);
    return result;
}

long attach_to(long mount, long target) {
    return call(SYS_move_mount, mount, "", target, "",
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

long add_attributes(long mount, unsigned attributes, unsigned flags) {
    mount_attr change{};
    change.attr_set = attributes;
    return call(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | flags, &change, sizeof change);
}

long open_inside(int root, const char* path) {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return call(SYS_openat2, root, path, &how, sizeof how);
}

long clone_tree(int directory, const char* path) {
    return call(SYS_open_tree, directory, path, tree_flags | static_cast<int>(recursive));
}

long write_file(int directory, const char* path, const char* text) {
    const long file = call(SYS_openat, directory, path, O_WRONLY | O_CLOEXEC);
    if (file < 0) {
        return file;
    }
    const long written = call(SYS_write, file, text, strlen(text));
    call(SYS_close, file);
    return written < 0 ? written : 0;
}

char* append(char* end, const char* text) {
    while (*text != '\0') {
        *end++ = *text++;
    }
    *end = '\0';
    return end;
}

char* append(char* end, std::uint64_t number) {
    char digits[20];
    int count = 0;
    do {
        digits[count++] = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (count > 0) {
        *end++ = digits[--count];
    }
    *end = '\0';
    return end;
}

}  // namespace maelstrom::slot
