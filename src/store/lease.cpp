#include "store/lease.hpp"

#include "store/layout.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "sys/remove_tree.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace maelstrom::store {

using sys::Fd;
using util::Digest;
using util::Result;

namespace {

constexpr util::Bytes lease_limit{64 << 20};

/// The text of a lease whose process has died; none if it lives or has gone in the meantime. The
/// lock is held while the result lives, so that only one process clears up.
struct DeadLease {
    Fd file;
    std::string text;
};

std::optional<DeadLease> if_dead(const Fd& root, const std::string& name) {
    auto file = sys::openat(root.get(), "leases/" + name, O_RDONLY | O_NOFOLLOW);
    if (!file) {
        return std::nullopt;
    }
    const auto locked = sys::flock(*file, LOCK_EX | LOCK_NB);
    if (!locked || !*locked) {
        return std::nullopt;
    }
    auto text = sys::read_all(*file, lease_limit);
    return DeadLease{std::move(*file), text ? std::move(*text) : ""};
}

void clear_up(const Fd& root, const std::string& name, const std::string& text) {
    mark_released(root, text);
    // The lease goes last: while it is there, somebody will see to the rest.
    if (sys::remove_tree(root.get(), "tmp/" + name)) {
        (void)sys::unlinkat(root.get(), "leases/" + name);
    }
}

/// Whether there are others that seem to live.
bool clear_up_after_the_dead(const Fd& root, const std::string& own_name) {
    const auto leases = sys::openat(root.get(), "leases", O_RDONLY | O_DIRECTORY);
    const auto entries =
        leases ? sys::list_directory(*leases) : Result<std::vector<sys::DirectoryEntry>>{};
    if (!entries) {
        return false;
    }
    bool others_live = false;
    for (const sys::DirectoryEntry& entry : *entries) {
        if (entry.name == own_name) {
            continue;
        }
        if (const auto dead = if_dead(root, entry.name)) {
            clear_up(root, entry.name, dead->text);
        } else {
            others_live = true;
        }
    }
    return others_live;
}

}  // namespace

Lease::~Lease() {
    release();
}

void Lease::release() {
    const std::lock_guard lock(mutex_);
    if (name_.empty()) {
        return;
    }
    std::string text;
    for (const Digest& digest : pinned_) {
        text += digest.hex() + "\n";
    }
    clear_up(root_, name_, text);
    // A process that was killed just before we came may have left others behind, which held its
    // lock and needed a moment to follow it.
    if (met_others_) {
        (void)clear_up_after_the_dead(root_, name_);
    }
    pinned_.clear();
    name_.clear();
    has_directory_ = false;
    file_.close();
    length_ = 0;
}

Result<void> Lease::add(const Digest& digest) {
    const std::lock_guard lock(mutex_);
    if (pinned_.contains(digest)) {
        return {};
    }
    TRY(require());
    // One write, at the end: a reader may see part of the last line, and then the pin has not been
    // answered yet.
    const std::string line = digest.hex() + "\n";
    if (auto written = sys::write_all(file_, line); !written) {
        // A part of the line would spoil the next one.
        (void)sys::ftruncate(file_, length_);
        written.error().while_doing("writing the lease of this process");
        return written;
    }
    length_ += line.size();
    pinned_.insert(digest);
    return {};
}

bool Lease::has(const Digest& digest) {
    const std::lock_guard lock(mutex_);
    return pinned_.contains(digest);
}

Result<std::string> Lease::draft_path() {
    const std::lock_guard lock(mutex_);
    TRY(require());
    if (!has_directory_) {
        // Where much has just been removed, ext4 makes new files slowly
        // (docs/decisions/013-a-place-for-new-files.md).
        if (const auto drafts = sys::openat(root_.get(), "tmp", O_RDONLY | O_DIRECTORY)) {
            (void)sys::spread_subdirectories(*drafts);
        }
        TRY(sys::mkdirat(root_.get(), "tmp/" + name_, 0700));
        has_directory_ = true;
    }
    return fmt::format("tmp/{}/{}", name_, drafts_++);
}

Result<void> Lease::require() {
    return name_.empty() ? open() : Result<void>{};
}

Result<void> Lease::open() {
    for (;;) {
        const std::string name = fmt::format("{}-{:016x}", ::getpid(), sys::random_number());
        Fd file = TRY(sys::openat(root_.get(), "leases/" + name,
                                  O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
        (void)TRY(sys::flock(file, LOCK_EX));
        // Between creation and lock it looked dead to others, who may have removed it.
        if (TRY(sys::fstat(file)).st_nlink == 0) {
            continue;
        }
        met_others_ = clear_up_after_the_dead(root_, name);
        file_ = std::move(file);
        name_ = name;
        return {};
    }
}

Result<std::set<Sha>> pinned_by_the_living(const Fd& root) {
    std::set<Sha> pinned;
    const Fd leases = TRY(sys::openat(root.get(), "leases", O_RDONLY | O_DIRECTORY));
    for (const sys::DirectoryEntry& entry : TRY(sys::list_directory(leases))) {
        if (const auto dead = if_dead(root, entry.name)) {
            clear_up(root, entry.name, dead->text);
            continue;
        }
        const auto file = sys::openat(leases.get(), entry.name, O_RDONLY | O_NOFOLLOW);
        const auto text = file ? sys::read_all(*file, lease_limit) : Result<std::string>{};
        if (!file || !text) {
            continue;  // ended just now
        }
        for (const std::string_view line : util::split_lines(*text)) {
            if (const auto digest = Digest::from_hex(line, 0)) {
                pinned.insert(digest->sha256);
            }
        }
    }
    return pinned;
}

void mark_released(const Fd& root, const std::string& lease_text) {
    for (const std::string_view line : util::split_lines(lease_text)) {
        if (const auto digest = Digest::from_hex(line, 0)) {
            // A lone blob has no group file; its own change time must do.
            (void)sys::touch(root.get(), group_path(*digest));
        }
    }
}

}  // namespace maelstrom::store
