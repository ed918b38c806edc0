// Blobs in directories: as links to their files where mode and time allow it, else as copies.

#include "store/layout.hpp"
#include "store/parts.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>

namespace maelstrom::store {

using sys::Fd;

namespace {

constexpr std::size_t copy_step = 64 * 1024;

/// Programs that put the same blob replace each other's file: one that has just been looked up may
/// have no name any more, which the kernel calls missing.
Result<void>
link_blob(const Fd& root, const Digest& digest, int directory, const std::string& name) {
    constexpr int most_tries = 10;
    Result<void> linked;
    for (int tries = 0; tries < most_tries; ++tries) {
        linked = sys::linkat(root.get(), blob_path(digest), directory, name);
        if (linked || linked.error().os_error() != ENOENT) {
            break;
        }
    }
    return linked;
}

/// Whether a copy had better be what is linked to from now on: the blob's file has no room for
/// another name, or is of another time. The newer one is likelier to be asked for again.
bool should_adopt(const FileAttributes& copy, const FileAttributes& blob) {
    return kept_mode(copy.mode) == copy.mode && (copy == blob || copy.mtime > blob.mtime);
}

}  // namespace

Result<void> Store::Parts::copy(const Digest& digest,
                                const FileAttributes& attributes,
                                int directory,
                                const std::string& name) {
    const Fd from = TRY(sys::openat(root.get(), blob_path(digest), O_RDONLY | O_NOFOLLOW));
    const Fd to = TRY(sys::openat(directory, name, O_WRONLY | O_CREAT | O_EXCL, 0600));
    if (digest.size < copy_step || !sys::clone_file(from, to)) {
        std::array<char, copy_step> buffer;
        if (TRY(copy_and_hash(from, to, buffer)) != digest) {
            TRY(drop(digest, "its content is wrong"));
            (void)sys::unlinkat(directory, name);
            return missing(digest);
        }
    }
    return set_attributes(to, attributes.mode & 07777U, attributes.mtime);
}

void Store::Parts::adopt(const Digest& digest, int directory, const std::string& name) {
    const auto draft = lease.draft_path();
    if (draft && sys::linkat(directory, name, root.get(), *draft) &&
        !sys::renameat(root.get(), *draft, root.get(), blob_path(digest))) {
        (void)sys::unlinkat(root.get(), *draft);
    }
}

Result<Store::Placement> Store::place(const Digest& digest,
                                      const FileAttributes& attributes,
                                      int directory,
                                      const std::string& name,
                                      Sharing sharing) {
    TRY(parts_->go_on());
    const auto found = parts_->find(digest);
    if (!found) {
        parts_->note_loss();
    }
    if (!found || (parts_->is_sampled(digest) && !TRY(parts_->verify(digest)))) {
        return missing(digest);
    }
    if (sharing == Sharing::allowed && attributes_of(*found) == attributes) {
        const auto linked = link_blob(parts_->root, digest, directory, name);
        if (linked) {
            return Placement::linked;
        }
        // ext4 allows 65,000 names: an empty file can have more. The next ones link to the copy.
        if (linked.error().os_error() != EMLINK) {
            return parts_->explained(linked.error());
        }
    }
    if (auto copied = parts_->copy(digest, attributes, directory, name); !copied) {
        return parts_->explained(std::move(copied).error());
    }
    if (sharing == Sharing::allowed && should_adopt(attributes, attributes_of(*found))) {
        parts_->adopt(digest, directory, name);
    }
    return Placement::copied;
}

}  // namespace maelstrom::store
