#pragma once

#include <cstddef>
#include <cstdint>

// What is mounted in the container of a fork point, and what each of its cells does about it.

namespace maelstrom::fork_point {

enum class Treatment : std::uint8_t {
    keep,     ///< as it is: shared with the point, like every read-only mount
    proc,     ///< a fresh one
    devpts,   ///< a fresh one
    mqueue,   ///< a fresh one
    tmpfs,    ///< a fresh one
    stacked,  ///< a fresh one on top of what the point has written to its own
};

struct Entry {
    Treatment treatment{};
    const char* path = nullptr;     ///< absolute
    const char* options = nullptr;  ///< of a tmpfs
    const char* device = nullptr;   ///< number of the file system
    const char* view = nullptr;     ///< of a tmpfs: where it is mounted once more, alone
    bool is_covered = false;        ///< kept, in something fresh that would hide it
};

inline constexpr std::size_t entries_limit = 256;

struct Table {
    Entry entries[entries_limit];
    std::size_t count = 0;
    bool private_root = false;  ///< there is a view of it
    bool guarded = false;       ///< a part of /proc is covered
    std::uint32_t root_mode = 0755;
};

/// Reads it from /proc/self/mountinfo. Negative errno on failure.
long read_table(Table& table);

}  // namespace maelstrom::fork_point
