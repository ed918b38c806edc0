// Damaged blobs. Whoever meets one drops it, and remembers and lists it: directories may still show
// it. Those go as soon as nobody alive uses them. A sample of all that is used is read again.

#include "store/damage.hpp"

#include "store/census.hpp"
#include "store/layout.hpp"
#include "store/parts.hpp"
#include "store/sha256.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace maelstrom::store {

using sys::Fd;

namespace {

constexpr std::uint64_t sample_one_in = 64;
/// Reading a larger one would be felt.
constexpr std::uint64_t sample_size_limit = 16 << 20;

}  // namespace

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

bool Store::Parts::has_met_damage() {
    const std::lock_guard lock(damaged_mutex);
    return !damaged.empty();
}

namespace {

/// The blobs that the list names; it may be torn or name one twice.
std::set<Sha> listed_damage(const Fd& root) {
    std::set<Sha> damaged;
    const auto list = sys::openat(root.get(), damaged_file, O_RDONLY | O_NOFOLLOW);
    const auto text = list ? sys::read_all(*list, util::Bytes{64 << 20}) : Result<std::string>{};
    if (list && text) {
        for (const std::string_view line : util::split_lines(*text)) {
            if (const auto digest = Digest::from_hex(line, 0)) {
                damaged.insert(digest->sha256);
            }
        }
    }
    return damaged;
}

/// What is still shown waits for whoever ends last. Best effort. With the lock held.
void list_damage(const Fd& root, const std::set<Sha>& damaged) {
    std::string text;
    for (const Sha& sha : damaged) {
        text += hex_of(sha) + "\n";
    }
    if (text.empty()) {
        (void)sys::unlinkat(root.get(), damaged_file);
        return;
    }
    const auto list =
        sys::openat(root.get(), damaged_file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
    if (list) {
        (void)sys::write_all(*list, text);
    }
}

}  // namespace

Result<void> retire_damaged(Store::Parts& parts, RetiredDirectories& retired) {
    std::set<Sha> damaged = listed_damage(parts.root);
    {
        const std::lock_guard lock(parts.damaged_mutex);
        damaged.merge(std::exchange(parts.damaged, {}));
    }
    if (damaged.empty()) {
        return {};
    }
    std::set<Sha> in_use;
    const std::set<Sha> pinned = TRY(pinned_by_the_living(parts.root));
    const Census census = TRY(take_census(parts.root));
    for (const auto& [name, unit] : census.units) {
        const bool shows =
            unit.has_directory &&
            std::ranges::any_of(unit.blobs, [&](const Sha& sha) { return damaged.contains(sha); });
        if (shows && pinned.contains(name)) {
            util::log::warning("layer {} shows a damaged file and is in use: it will be made again "
                               "when no program uses it",
                               hex_of(name));
            std::ranges::set_intersection(std::set<Sha>(unit.blobs.begin(), unit.blobs.end()),
                                          damaged, std::inserter(in_use, in_use.end()));
        } else if (shows) {
            (void)retired.add(name);
        }
    }
    list_damage(parts.root, in_use);
    return {};
}

void Store::mend() {
    if (::faccessat(parts_->root.get(), damaged_file, F_OK, 0) != 0) {
        return;
    }
    // What we have used is what we know to be damaged.
    parts_->lease.release();
    RetiredDirectories retired(*parts_);
    const auto lock = sys::openat(parts_->root.get(), lock_file, O_RDONLY | O_CREAT, 0600);
    if (const auto locked = lock ? sys::flock(*lock, LOCK_EX | LOCK_NB) : Result<bool>(false);
        locked && *locked) {
        (void)retire_damaged(*parts_, retired);  // it stays listed otherwise
    }
    retired.remove();
}

}  // namespace maelstrom::store
