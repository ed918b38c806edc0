// Blobs: one file each, written in a private place and renamed. The file of a blob carries the mode
// and time of the file it came from, so that most layers can link to it (docs/decisions has the
// reason).

#include "store/layout.hpp"
#include "store/parts.hpp"
#include "store/sha256.hpp"
#include "sys/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace maelstrom::store {

using sys::Fd;

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

}  // namespace maelstrom::store
