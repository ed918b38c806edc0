// Blobs: one file each, written in a private place and renamed. The file of a blob carries the mode
// and time of the file it came from, so that most layers can link to it (docs/decisions has the
// reason).

#include "store/layout.hpp"
#include "store/parts.hpp"
#include "store/sha256.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "util/log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstring>

namespace maelstrom::store {

using sys::Fd;

namespace {

constexpr std::size_t copy_step = 64 * 1024;

}  // namespace

std::unexpected<util::Error> missing(const Digest& digest) {
    return util::fail(util::ErrorKind::not_found, "blob {} is not in the store", digest.hex());
}

Result<void> set_attributes(const Fd& fd, std::uint32_t mode, const FileTime& mtime) {
    TRY(sys::fchmod(fd, mode));
    return sys::futimens(
        fd, {.tv_sec = 0, .tv_nsec = UTIME_OMIT},
        {.tv_sec = mtime.seconds, .tv_nsec = static_cast<long>(mtime.nanoseconds)});
}

namespace {

std::optional<struct stat> status_of_blob(const Fd& root, const Digest& digest) {
    struct stat status{};
    const int failed =
        ::fstatat(root.get(), blob_path(digest).c_str(), &status, AT_SYMLINK_NOFOLLOW);
    return failed == 0 ? std::optional(status) : std::nullopt;
}

bool has_right_size(const struct stat& status, const Digest& digest) {
    return S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) == digest.size;
}

}  // namespace

std::optional<struct stat> Store::Parts::find(const Digest& digest) {
    auto status = status_of_blob(root, digest);
    if (!status || has_right_size(*status, digest)) {
        return status;
    }
    // One at a time, and after a second look: another program may have put it again by now.
    const auto lock = sys::openat(root.get(), losses_file, O_RDONLY | O_CREAT, 0600);
    if (lock) {
        (void)sys::flock(*lock, LOCK_EX);
    }
    status = status_of_blob(root, digest);
    if (status && !has_right_size(*status, digest)) {
        (void)drop(digest, "its size is wrong");
        return std::nullopt;
    }
    return status;
}

Result<void> Store::Parts::show(const std::string& draft, const Digest& digest) {
    TRY(move_into_place(draft, blob_path(digest)));
    wrote = true;
    index.add_bytes(static_cast<std::int64_t>(on_disk(digest.size)));
    return {};
}

Result<Digest> Store::Parts::put(std::string_view bytes, const FileAttributes& attributes) {
    TRY(go_on());
    const Digest digest = digest_of(bytes);
    if (find(digest)) {
        return digest;
    }
    const std::string draft = TRY(draft_path());
    const auto shown = [&]() -> Result<void> {
        const Fd fd = TRY(sys::openat(root.get(), draft, O_WRONLY | O_CREAT | O_EXCL, 0600));
        TRY(sys::write_all(fd, bytes));
        TRY(set_attributes(fd, kept_mode(attributes.mode), attributes.mtime));
        return show(draft, digest);
    }();
    if (!shown) {
        (void)sys::unlinkat(root.get(), draft);
        return explained(shown.error());
    }
    return digest;
}

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

Result<Digest> Store::put(std::string_view bytes, const FileAttributes& attributes) {
    return parts_->put(bytes, attributes);
}

bool Store::contains(const Digest& digest) const {
    return parts_->find(digest).has_value();
}

Result<Fd> Store::open_blob(const Digest& digest) const {
    Fd fd(
        ::openat(parts_->root.get(), blob_path(digest).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno != ENOENT) {
        return util::fail_errno("open blob {}", digest.hex());
    }
    if (!fd || !parts_->find(digest)) {
        parts_->note_loss();
        return missing(digest);
    }
    return fd;
}

Result<std::string> Store::read(const Digest& digest) const {
    const Fd fd = TRY(open_blob(digest));
    std::string bytes = TRY(sys::read_all(fd, util::Bytes{digest.size}));
    if (digest_of(bytes) != digest) {
        TRY(parts_->drop(digest, "its content is wrong"));
        return missing(digest);
    }
    return bytes;
}

namespace {

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

}  // namespace

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
    bool adopts = sharing == Sharing::allowed && kept_mode(attributes.mode) == attributes.mode;
    if (sharing == Sharing::allowed && attributes_of(*found) == attributes) {
        const auto linked = link_blob(parts_->root, digest, directory, name);
        if (linked) {
            return Placement::linked;
        }
        // ext4 allows 65,000 names: an empty file can have more. The next ones link to the copy.
        if (linked.error().os_error() != EMLINK) {
            return parts_->explained(linked.error());
        }
    } else {
        // A second file of another time: the newer one is likelier to be asked for again.
        adopts = adopts && attributes.mtime > attributes_of(*found).mtime;
    }
    if (auto copied = parts_->copy(digest, attributes, directory, name); !copied) {
        return parts_->explained(std::move(copied).error());
    }
    if (adopts) {
        parts_->adopt(digest, directory, name);
    }
    return Placement::copied;
}

}  // namespace maelstrom::store
