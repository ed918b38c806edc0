#pragma once

#include <cstdint>

// What Linux leaves unsaid when it does not mount something.

namespace maelstrom::slot {

/// A path below an open directory; empty for what the descriptor stands for.
struct Place {
    int directory = -1;
    const char* path = "";
};

/// Linux says EINVAL when one of the two is a directory and the other is not: ENOTDIR if that is
/// the mount, EISDIR if it is the mount point. Every other result stays.
long name_misfit(long result, Place mount, Place mount_point);

/// How long the shortest part of a mount point is that is no directory; 0 if there is none.
std::uint32_t length_of_file(int root, const char* mount_point);

}  // namespace maelstrom::slot
