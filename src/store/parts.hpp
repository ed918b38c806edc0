#pragma once

#include "store/index.hpp"
#include "store/lease.hpp"
#include "store/store.hpp"

#include <atomic>
#include <set>

namespace maelstrom::store {

/// What the functions of a store share. Inside the module only.
struct Store::Parts {
    Parts(Settings given, sys::Fd directory);

    Settings settings;
    sys::Fd root;
    Index index;
    Lease lease;
    std::uint64_t sample_seed;
    std::atomic<bool> wrote = false;
    std::atomic<bool> stopped = false;
    std::mutex damaged_mutex;
    std::set<Sha> damaged;  ///< blobs dropped by us whose directories may still show them

    /// A `cancelled` error once the store has been stopped.
    Result<void> go_on() const;

    // Blobs (blobs.cpp).

    /// None if it is not here. One of the wrong size is dropped.
    std::optional<struct stat> find(const Digest& digest);
    /// Renames a finished private file to the blob's place.
    Result<void> show(const std::string& draft, const Digest& digest);
    Result<Digest> put(std::string_view bytes, const FileAttributes& attributes);

    // Blobs in directories (place.cpp).

    Result<void> copy(const Digest& digest,
                      const FileAttributes& attributes,
                      int directory,
                      const std::string& name);
    /// Makes the file just placed the one that later placements link to.
    void adopt(const Digest& digest, int directory, const std::string& name);

    // Damage (damage.cpp).

    Result<void> drop(const Digest& digest, const char* why);
    /// Called before anything is removed, and when something turns out to be missing.
    void note_loss();
    /// The same as long as no blob of the store has gone; none if that cannot be told.
    std::optional<std::string> losses();
    /// Whether it is this blob's turn to be read again; differs from process to process.
    bool is_sampled(const Digest& digest) const;
    /// Reads the blob and drops it if it is damaged: then false.
    Result<bool> verify(const Digest& digest);
    /// Whether a blob was dropped and its directories may still be there.
    bool has_met_damage();

    // Private files that become visible by rename (parts.cpp).

    /// Renames a finished private file or directory to its place, "blobs/ab/ab12…".
    Result<void> move_into_place(const std::string& draft, const std::string& path) const;
    /// Copies what is left of `from`, telling the digest of what was written.
    Result<Digest>
    copy_and_hash(const sys::Fd& from, const sys::Fd& to, std::span<char> buffer) const;

    // The lease's, with errors explained.

    Result<void> claim(const Digest& digest);
    Result<std::string> draft_path();

    /// Adds what the store was at, and what to do if the disk is full; once.
    std::unexpected<util::Error> explained(util::Error error) const;
};

/// A blob must stay readable to its owner, whatever the mode of the file it came from.
inline std::uint32_t kept_mode(std::uint32_t mode) {
    return (mode & 07777U) | 0400U;
}

/// The content of a file below "groups" (members.cpp).
std::string encode_members(std::span<const Digest> members);
/// None if the file is damaged.
std::optional<std::vector<Digest>> decode_members(std::string_view bytes);

std::unexpected<util::Error> explained(util::Error error, const std::string& store);
std::unexpected<util::Error> missing(const Digest& digest);
Result<void> set_attributes(const sys::Fd& fd, std::uint32_t mode, const FileTime& mtime);
/// What a file takes on disk: whole blocks.
inline std::uint64_t on_disk(std::uint64_t size) {
    return (size + 4095) / 4096 * 4096 + 512;  // the inode as well
}

}  // namespace maelstrom::store
