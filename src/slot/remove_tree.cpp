#include "slot/remove_tree.hpp"

#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

// Without recursion, for there is little stack and names may be nested without end: a directory
// that is not empty is emptied by moving the directories in it up, next to it. Each is moved once
// at most, and passes over the top are made until it is empty.

namespace maelstrom::slot {

namespace {

struct Entry {  // linux_dirent64
    std::uint64_t inode;
    std::int64_t offset;
    std::uint16_t size;
    std::uint8_t type;
    char name[1];
};

bool is_self_or_parent(const char* name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/// Calls `visit(name)` for every entry; stops at its first error.
template <class Visit>
long for_each_entry(long directory, Visit visit) {
    alignas(8) char buffer[2048];
    for (;;) {
        const long length = call(SYS_getdents64, directory, buffer, sizeof buffer);
        if (length <= 0) {
            return length;
        }
        for (long at = 0; at < length;) {
            const auto* entry = reinterpret_cast<const Entry*>(buffer + at);
            at += entry->size;
            const long result = is_self_or_parent(entry->name) ? 0 : visit(entry->name);
            if (result < 0) {
                return result;
            }
        }
    }
}

/// Files and empty directories; ENOTEMPTY for the others.
long remove_one(long directory, const char* name) {
    long result = call(SYS_unlinkat, directory, name, 0);
    if (result == -EISDIR) {
        result = call(SYS_unlinkat, directory, name, AT_REMOVEDIR);
    }
    return result == -ENOENT ? 0 : result == -EEXIST ? -ENOTEMPTY : result;
}

/// Removes the directory after moving those in it to `top`, under new names.
long empty(long top, const char* name, std::uint64_t& moved) {
    const long directory =
        call(SYS_openat, top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) {
        return directory;
    }
    long result = for_each_entry(directory, [&](const char* child) {
        const long removed = remove_one(directory, child);
        if (removed != -ENOTEMPTY) {
            return removed;
        }
        char place[32];
        do {
            append(append(place, "."), moved++);
        } while (call(SYS_faccessat, top, place, F_OK) == 0);
        return call(SYS_renameat, directory, child, top, place);
    });
    call(SYS_close, directory);
    result = result < 0 ? result : remove_one(top, name);
    return result == -ENOTEMPTY ? 0 : result;  // read too early: the next pass gets it
}

}  // namespace

long remove_tree(const char* path) {
    long result = remove_one(AT_FDCWD, path);
    if (result != -ENOTEMPTY) {
        return result;
    }
    const long top = call(SYS_open, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (top < 0) {
        return top;
    }
    std::uint64_t moved = 0;
    do {
        call(SYS_lseek, top, 0, SEEK_SET);
        result = for_each_entry(top, [&](const char* name) {
            const long removed = remove_one(top, name);
            return removed == -ENOTEMPTY ? empty(top, name, moved) : removed;
        });
        result = result < 0 ? result : remove_one(AT_FDCWD, path);
    } while (result == -ENOTEMPTY);
    call(SYS_close, top);
    return result;
}

}  // namespace maelstrom::slot
