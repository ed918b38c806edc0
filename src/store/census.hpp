#pragma once

#include "store/file_identity.hpp"
#include "store/lease.hpp"
#include "sys/fd.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"

#include <string>
#include <unordered_map>
#include <vector>

// All that a store holds, as a look at every file of it says.

namespace maelstrom::store {

struct ShaHash {
    std::size_t operator()(const Sha& sha) const {
        return std::hash<util::Digest>{}({.sha256 = sha, .size = 0});
    }
};

struct CountedBlob {
    std::uint64_t size = 0;
    FileTime changed;
    bool has_unit = false;
    bool stays = false;  ///< decided by who makes room
};

/// What stays or goes together: a group (a layer: its tree, the blobs it names, its directory) or a
/// lone blob.
struct Unit {
    Sha name{};
    bool is_pinned = false;  ///< this and `stays`: decided by who makes room
    FileTime released;
    std::vector<Sha> blobs;
    std::uint64_t extra = 0;  ///< bytes of its directory and its record
    bool has_directory = false;
    bool stays = false;
};

struct Census {
    std::unordered_map<Sha, CountedBlob, ShaHash> blobs;
    std::unordered_map<Sha, Unit, ShaHash> units;

    std::uint64_t bytes() const;
};

util::Result<Census> take_census(const sys::Fd& root);
util::Result<std::vector<Sha>> layers_with_directories(const sys::Fd& root);

std::string hex_of(const Sha& sha);

}  // namespace maelstrom::store
