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
#include <unistd.h>

#include <cstring>

namespace maelstrom::store {

using sys::Fd;

namespace {

constexpr std::uint64_t sample_one_in = 64;
/// Larger blobs are left to `verify`: reading one would be felt.
constexpr std::uint64_t sample_size_limit = 16 << 20;
constexpr std::size_t copy_step = 64 * 1024;

/// Copies what is left of `from`, telling the digest of what was written.
Result<Digest> copy_and_hash(const Fd& from, const Fd& to) {
    std::array<char, copy_step> buffer;
    Sha256 sha;
    for (;;) {
        const std::size_t count = TRY(sys::read(from, buffer));
        if (count == 0) {
            return sha.finish();
        }
        sha.update({buffer.data(), count});
        TRY(sys::write_all(to, {buffer.data(), count}));
    }
}

}  // namespace

std::unexpected<util::Error> missing(const Digest& digest) {
    return util::fail(util::ErrorKind::not_found, "blob {} is not in the store", digest.hex());
}

std::unexpected<util::Error> unlike(const Digest& found, const Digest& expected) {
    return util::fail(util::ErrorKind::invalid,
                      "found a blob {} of {} bytes, expected {} of {} bytes", found.hex(),
                      found.size, expected.hex(), expected.size);
}

std::unexpected<util::Error> explained(util::Error error, const std::string& store) {
    const bool is_full = error.os_error() == ENOSPC || error.os_error() == EDQUOT;
    const std::string activity =
        is_full ? fmt::format("the file system of the store {} is full (free some space there, or "
                              "choose another cache directory)",
                              store)
                : fmt::format("storing in {}", store);
    if (error.message().find(activity) == std::string::npos) {
        error.while_doing(activity);
    }
    return std::unexpected(std::move(error));
}

std::unexpected<util::Error> Store::Parts::explained(util::Error error) const {
    return store::explained(std::move(error), settings.directory);
}

Result<void> Store::Parts::claim(const Digest& digest) {
    auto added = lease.add(digest);
    return added ? std::move(added) : explained(std::move(added).error());
}

Result<std::string> Store::Parts::draft_path() {
    auto path = lease.draft_path();
    return path ? std::move(path) : explained(std::move(path).error());
}

Result<void> set_attributes(const Fd& fd, std::uint32_t mode, const FileTime& mtime) {
    TRY(sys::fchmod(fd, mode));
    return sys::futimens(
        fd, {.tv_sec = 0, .tv_nsec = UTIME_OMIT},
        {.tv_sec = mtime.seconds, .tv_nsec = static_cast<long>(mtime.nanoseconds)});
}

FileIdentity identity_of(const struct stat& status) {
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .size = static_cast<std::uint64_t>(status.st_size),
            .mtime = {status.st_mtim.tv_sec, static_cast<std::uint32_t>(status.st_mtim.tv_nsec)},
            .ctime = {status.st_ctim.tv_sec, static_cast<std::uint32_t>(status.st_ctim.tv_nsec)}};
}

FileAttributes attributes_of(const struct stat& status) {
    return {.mode = status.st_mode & 07777U,
            .mtime = {status.st_mtim.tv_sec, static_cast<std::uint32_t>(status.st_mtim.tv_nsec)}};
}

bool is_settled(const FileIdentity& identity, const timespec& now) {
    // 100 Hz kernels tick every 10 ms; whole seconds mean a file system that keeps no more (FAT:
    // two of them).
    const bool is_coarse = identity.mtime.nanoseconds == 0 && identity.ctime.nanoseconds == 0;
    const std::int64_t tick = is_coarse ? 2'000'000'000 : 20'000'000;
    const auto age = [&](const FileTime& time) {
        return (now.tv_sec - time.seconds) * std::int64_t{1'000'000'000} + now.tv_nsec -
               time.nanoseconds;
    };
    return age(identity.ctime) > tick && age(identity.mtime) > tick;
}

std::optional<struct stat> Store::Parts::find(const Digest& digest) {
    struct stat status{};
    if (::fstatat(root.get(), blob_path(digest).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return std::nullopt;
    }
    if (static_cast<std::uint64_t>(status.st_size) != digest.size || !S_ISREG(status.st_mode)) {
        (void)drop(digest, "its size is wrong");
        return std::nullopt;
    }
    return status;
}

Result<void> Store::Parts::drop(const Digest& digest, const char* why) {
    util::log::warning("blob {} in the store {} is damaged ({}): dropped it; it will be made again",
                       digest.hex(), settings.directory, why);
    {
        const std::lock_guard lock(damaged_mutex);
        damaged.insert(digest.sha256);
    }
    const auto list =
        sys::openat(root.get(), damaged_file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0600);
    if (list) {
        (void)sys::write_all(*list, digest.hex() + "\n");
    }
    note_loss();
    auto removed = sys::unlinkat(root.get(), blob_path(digest));
    if (!removed && removed.error().os_error() == ENOENT) {
        return {};
    }
    return removed;
}

void Store::Parts::note_loss() {
    const std::uint64_t number = sys::random_number();
    // In place: that works on a full disk, too.
    const auto file = sys::openat(root.get(), losses_file, O_WRONLY | O_CREAT, 0600);
    if (!file || ::pwrite(file->get(), &number, sizeof number, 0) != sizeof number) {
        (void)sys::unlinkat(root.get(), losses_file);
    }
}

std::optional<std::string> Store::Parts::losses() {
    const auto read = [&] {
        const auto file = sys::openat(root.get(), losses_file, O_RDONLY);
        auto bytes = file ? sys::read_all(*file, util::Bytes{64}) : Result<std::string>{};
        return file && bytes ? std::move(*bytes) : std::string();
    };
    std::string bytes = read();
    if (bytes.empty()) {
        note_loss();
        bytes = read();
    }
    return bytes.empty() ? std::nullopt : std::optional(std::move(bytes));
}

bool Store::Parts::is_sampled(const Digest& digest) const {
    std::uint64_t bits = 0;
    std::memcpy(&bits, digest.sha256.data(), sizeof bits);
    return digest.size <= sample_size_limit && ((bits ^ sample_seed) % sample_one_in) == 0;
}

Result<bool> Store::Parts::verify(const Digest& digest) {
    const Fd fd = TRY(sys::openat(root.get(), blob_path(digest), O_RDONLY | O_NOFOLLOW));
    if (TRY(digest_of(fd)) == digest) {
        return true;
    }
    TRY(drop(digest, "its content is wrong"));
    return false;
}

Result<void> Store::Parts::show(const std::string& draft, const Digest& digest) {
    const std::string path = blob_path(digest);
    auto renamed = sys::renameat(root.get(), draft, root.get(), path);
    if (!renamed && renamed.error().os_error() == ENOENT) {
        // The first blob of its directory.
        (void)sys::mkdirat(root.get(), path.substr(0, path.rfind('/')), 0700);
        renamed = sys::renameat(root.get(), draft, root.get(), path);
    }
    TRY(std::move(renamed));
    wrote = true;
    index.add_bytes(static_cast<std::int64_t>(on_disk(digest.size)));
    return {};
}

Result<void> Store::Parts::go_on() const {
    if (stopped) {
        return util::fail(util::ErrorKind::cancelled, "the program is ending");
    }
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
        if (TRY(copy_and_hash(from, to)) != digest) {
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

Result<void> Store::put_expected(const Digest& expected, std::string_view bytes) {
    const Digest found = digest_of(bytes);
    if (found != expected) {
        return unlike(found, expected);
    }
    TRY(put(bytes));
    return {};
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

Result<Store::Placement> Store::place(const Digest& digest,
                                      const FileAttributes& attributes,
                                      int directory,
                                      const std::string& name) {
    TRY(parts_->go_on());
    const auto found = parts_->find(digest);
    if (!found) {
        parts_->note_loss();
    }
    if (!found || (parts_->is_sampled(digest) && !TRY(parts_->verify(digest)))) {
        return missing(digest);
    }
    bool adopts = kept_mode(attributes.mode) == attributes.mode;
    if (attributes_of(*found) == attributes) {
        const auto linked = sys::linkat(parts_->root.get(), blob_path(digest), directory, name);
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
