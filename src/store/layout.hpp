#pragma once

#include "util/digest.hpp"

#include <string>

// Where things lie below the store's directory (docs/formats/store.md).

namespace maelstrom::store {

/// "blobs/ab/ab12…"
inline std::string path_in(const char* kind, const std::string& hex) {
    return std::string(kind).append("/").append(hex, 0, 2).append("/").append(hex);
}
inline std::string blob_path(const util::Digest& digest) {
    return path_in("blobs", digest.hex());
}
inline std::string group_path(const util::Digest& digest) {
    return path_in("groups", digest.hex());
}
inline std::string layer_path(const util::Digest& digest) {
    return path_in("layers", digest.hex());
}

/// Held shared while something is found and pinned, exclusively while evicting.
inline constexpr const char* lock_file = "lock";
/// Says another random number after anything may have gone.
inline constexpr const char* losses_file = "losses";
/// Names blobs that were dropped while directories that show them were in use.
inline constexpr const char* damaged_file = "damaged";
/// Says under which start of the machine the store was last opened.
inline constexpr const char* boot_file = "boot";

}  // namespace maelstrom::store
