#include "fork_point/table.hpp"

#include "fork_point/mount_line.hpp"
#include "fork_point/wire.hpp"
#include "slot/kernel.hpp"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

namespace maelstrom::fork_point {

using slot::call;

namespace {

char text[256 * 1024];
char options_text[16 * 1024];
std::size_t options_used = 0;

bool has_option(const char* list, const char* name) {
    const std::size_t length = strlen(name);
    for (const char* at = list; at != nullptr; at = strchr(at, ',')) {
        at += *at == ',' ? 1 : 0;
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

/// Size, inode count and mode of the point's own tmpfs.
const char* tmpfs_options(const MountLine& line) {
    char* const start = options_text + options_used;
    char* end = start;
    for (const char* at = line.super_options; at != nullptr; at = strchr(at, ',')) {
        at += *at == ',' ? 1 : 0;
        const char* stop = strchr(at, ',');
        const std::size_t length =
            stop == nullptr ? strlen(at) : static_cast<std::size_t>(stop - at);
        const bool wanted = strncmp(at, "size=", 5) == 0 || strncmp(at, "nr_inodes=", 10) == 0 ||
                            strncmp(at, "mode=", 5) == 0;
        if (!wanted || options_used + static_cast<std::size_t>(end - start) + length + 2 >
                           sizeof options_text) {
            continue;
        }
        if (end != start) {
            *end++ = ',';
        }
        memcpy(end, at, length);
        end += length;
    }
    *end++ = '\0';
    options_used += static_cast<std::size_t>(end - start);
    return start;
}

bool is_empty(const char* path) {
    const long directory = call(SYS_open, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    alignas(8) char entries[1024];
    long total = 0;
    for (long got = 1; directory >= 0 && got > 0; total += got) {
        got = call(SYS_getdents64, directory, entries, sizeof entries);
        got = got < 0 ? 0 : got;
    }
    call(SYS_close, directory);
    return total <= 48;  // "." and ".." take 24 bytes each
}

Treatment treatment_of(const MountLine& line) {
    const bool whole = strcmp(line.root, "/") == 0;
    if (!whole) {
        return Treatment::keep;
    }
    if (strcmp(line.type, "proc") == 0) {
        return Treatment::proc;
    }
    if (strcmp(line.type, "devpts") == 0) {
        return Treatment::devpts;
    }
    if (strcmp(line.type, "mqueue") == 0) {
        return Treatment::mqueue;
    }
    if (strcmp(line.type, "tmpfs") == 0 && has_option(line.attributes, "rw")) {
        return is_empty(line.path) ? Treatment::tmpfs : Treatment::stacked;
    }
    return Treatment::keep;
}

bool is_below(const char* path, const char* directory) {
    const std::size_t length = strlen(directory);
    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

/// What is below a mount that is kept comes along with it.
bool is_covered(const Table& table, const char* path) {
    for (std::size_t i = 0; i < table.count; ++i) {
        const Entry& entry = table.entries[i];
        if (entry.treatment == Treatment::keep && is_below(path, entry.path)) {
            return true;
        }
    }
    return false;
}

bool is_in_proc(const Table& table, const char* path) {
    for (std::size_t i = 0; i < table.count; ++i) {
        if (table.entries[i].treatment == Treatment::proc &&
            is_below(path, table.entries[i].path)) {
            return true;
        }
    }
    return false;
}

long add(Table& table, const MountLine& line) {
    if (strcmp(line.path, "/") == 0) {
        return 0;
    }
    if (strcmp(line.path, root_view) == 0) {
        table.private_root = true;
        return 0;
    }
    if (is_in_proc(table, line.path)) {
        table.guarded = true;
        return 0;
    }
    if (is_covered(table, line.path)) {
        return 0;
    }
    if (table.count == entries_limit) {
        return -E2BIG;
    }
    Entry& entry = table.entries[table.count++];
    entry.treatment = treatment_of(line);
    entry.path = line.path;
    if (entry.treatment == Treatment::tmpfs || entry.treatment == Treatment::stacked) {
        entry.options = tmpfs_options(line);
    }
    return 0;
}

long read_text() {
    const long file = call(SYS_open, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return file;
    }
    std::size_t used = 0;
    long got = 1;
    while (got > 0 && used < sizeof text - 1) {
        got = call(SYS_read, file, text + used, sizeof text - 1 - used);
        used += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    call(SYS_close, file);
    text[used] = '\0';
    return got < 0 ? got : got > 0 ? -E2BIG : 0;
}

}  // namespace

long read_table(Table& table) {
    long result = read_text();
    char* rest = text;
    while (result >= 0 && *rest != '\0') {
        char* line = rest;
        rest = strchr(rest, '\n');
        if (rest == nullptr) {
            break;
        }
        *rest++ = '\0';
        result = add(table, parse_mount_line(line));
    }
    struct stat status{};
    if (call(SYS_newfstatat, AT_FDCWD, "/", &status, 0) == 0) {
        table.root_mode = status.st_mode & 07777;
    }
    return result;
}

}  // namespace maelstrom::fork_point
