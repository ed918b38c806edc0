#pragma once

#include "slot/kernel.hpp"
#include "slot/wire.hpp"

#include <fcntl.h>
#include <linux/mount.h>

// Mounts, as this program needs them. Descriptors are detached mounts or O_PATH; results are
// negative errno values on failure.

namespace maelstrom::slot {

inline constexpr int tree_flags = OPEN_TREE_CLOEXEC | OPEN_TREE_CLONE;
inline constexpr unsigned recursive = 0x8000;  // AT_RECURSIVE

/// A new file system of this type, detached.
long make_file_system(const char* type, unsigned attributes);
/// Attaches a detached mount to a path below `directory` and closes its descriptor.
long attach(long mount, int directory, const char* path);
/// Attaches a detached mount to what a descriptor stands for.
long attach_to(long mount, long target);
/// Adds attributes (MOUNT_ATTR_…) to a mount; `flags`: `recursive` or 0.
long add_attributes(long mount, unsigned attributes, unsigned flags = 0);
/// Opens a path as a process whose root is `root` would see it: links cannot lead out of it.
long open_inside(int root, const char* path);
/// A clone of what is mounted at a path, with all below it.
long clone_tree(int directory, const char* path);

/// Replaces the content of a file below /proc or /sys.
long write_file(int directory, const char* path, const char* text);

/// `text` with the number appended; returns the end.
char* append(char* end, const char* text);
char* append(char* end, std::uint64_t number);

}  // namespace maelstrom::slot
