#pragma once

#include <sys/stat.h>
#include <time.h>

#include <compare>
#include <cstdint>

// What stat(2) says of a file: what of it a layer shows, and whether it may have changed.

namespace maelstrom::store {

/// A point in time as file systems keep it.
struct FileTime {
    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;
    auto operator<=>(const FileTime&) const = default;
};

/// What a file made from a blob shows besides its content.
struct FileAttributes {
    std::uint32_t mode = 0444;  ///< permission bits, at most 07777
    FileTime mtime;
    auto operator<=>(const FileAttributes&) const = default;
};

/// What stat(2) says of a file's content: while it stays the same, so does the content.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    FileTime mtime;
    FileTime ctime;
    auto operator<=>(const FileIdentity&) const = default;
};

FileTime file_time(const timespec& time);
FileIdentity identity_of(const struct stat& status);
FileAttributes attributes_of(const struct stat& status);
/// Whether a change made after this moment is sure to show in the identity. File systems stamp
/// changes with a clock that ticks every few milliseconds, some every second or two; what was
/// changed within the current tick must not be remembered.
bool is_settled(const FileIdentity& identity, const timespec& now);

}  // namespace maelstrom::store
