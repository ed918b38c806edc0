#include "fork_point/table.hpp"

#include "fork_point/mount_line.hpp"
#include "fork_point/wire.hpp"
#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

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

bool is_fresh_memory(const Entry& entry) {
    return entry.treatment == Treatment::tmpfs || entry.treatment == Treatment::stacked;
}

/// What is kept below a mount that is kept comes along with it.
bool comes_along(const Table& table, const MountLine& line) {
    for (std::size_t i = 0; i < table.count; ++i) {
        const Entry& entry = table.entries[i];
        if (entry.treatment == Treatment::keep && is_below(line.path, entry.path)) {
            return treatment_of(line) == Treatment::keep;
        }
    }
    return false;
}

/// Whether something else is mounted over it by now.
bool is_hidden(const MountLine& line) {
    struct statx status{};
    constexpr std::uint32_t mount_id = 0x1000;  // STATX_MNT_ID, Linux 5.8
    const long result = call(SYS_statx, AT_FDCWD, line.path, AT_NO_AUTOMOUNT, mount_id, &status);
    if (result < 0 || (status.stx_mask & mount_id) == 0) {
        return false;
    }
    char visible[24];
    slot::append(visible, status.stx_mnt_id);
    return strcmp(visible, line.id) != 0;
}

/// Whether it is a second mount of one of the entries, which is noted there.
bool note_view(Table& table, const MountLine& line) {
    if (!is_below(line.path, place_views)) {
        return false;
    }
    for (std::size_t i = 0; i < table.count; ++i) {
        Entry& entry = table.entries[i];
        if (is_fresh_memory(entry) && strcmp(entry.device, line.device) == 0) {
            entry.view = line.path;
        }
    }
    return true;
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
    if (note_view(table, line) || is_hidden(line) || comes_along(table, line)) {
        return 0;
    }
    if (table.count == entries_limit) {
        return -E2BIG;
    }
    Entry& entry = table.entries[table.count++];
    entry.treatment = treatment_of(line);
    entry.path = line.path;
    entry.device = line.device;
    if (is_fresh_memory(entry)) {
        entry.options = tmpfs_options(line);
    }
    return 0;
}

/// Linux lists mounts in the order in which they were made, wherever they have been moved since.
void sort_parents_first(Table& table) {
    for (std::size_t i = 1; i < table.count; ++i) {
        const Entry entry = table.entries[i];
        std::size_t at = i;
        for (; at > 0 && strlen(table.entries[at - 1].path) > strlen(entry.path); --at) {
            table.entries[at] = table.entries[at - 1];
        }
        table.entries[at] = entry;
    }
}

/// The one that this lies in, directly; null: the root.
const Entry* parent_of(const Table& table, const char* path) {
    const Entry* parent = nullptr;
    for (std::size_t i = 0; i < table.count; ++i) {
        if (is_below(path, table.entries[i].path)) {
            parent = &table.entries[i];
        }
    }
    return parent;
}

/// Takes out what is fresh, but lies in something that jobs share with the point anyway.
void arrange(Table& table) {
    sort_parents_first(table);
    const std::size_t count = table.count;
    table.count = 0;
    for (std::size_t i = 0; i < count; ++i) {
        Entry entry = table.entries[i];
        const Entry* parent = parent_of(table, entry.path);
        const bool in_memory = parent != nullptr && is_fresh_memory(*parent);
        const bool in_kept = parent != nullptr && parent->treatment == Treatment::keep;
        entry.is_covered = entry.treatment == Treatment::keep && in_memory;
        if (!in_kept || parent->is_covered) {
            table.entries[table.count++] = entry;
        }
    }
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
    arrange(table);
    struct stat status{};
    if (call(SYS_newfstatat, AT_FDCWD, "/", &status, 0) == 0) {
        table.root_mode = status.st_mode & 07777;
    }
    return result;
}

}  // namespace maelstrom::fork_point
