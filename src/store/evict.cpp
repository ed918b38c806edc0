// Making room. The unit is a group (a layer: its tree, the blobs it names, its directory) or a lone
// blob. Units are laid out with the pinned ones first and then from the most to the least recently
// released; what does not fit any more goes. A blob stays as long as one unit that names it stays,
// so the whole store is looked at: some microseconds a blob, only when it has outgrown its size.

#include "store/layout.hpp"
#include "store/parts.hpp"
#include "store/sha256.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "sys/remove_tree.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <map>
#include <unordered_map>

namespace maelstrom::store {

using sys::Fd;

namespace {

struct ShaHash {
    std::size_t operator()(const Sha& sha) const { return std::hash<Digest>{}({sha, 0}); }
};

struct Blob {
    std::uint64_t size = 0;
    FileTime changed;
    bool has_unit = false;
    bool stays = false;
};

struct Unit {
    Sha name{};
    bool is_pinned = false;
    FileTime released;
    std::vector<Sha> blobs;
    std::uint64_t extra = 0;  ///< of its directory
    bool has_directory = false;
    bool stays = false;
};

struct Census {
    std::unordered_map<Sha, Blob, ShaHash> blobs;
    std::unordered_map<Sha, Unit, ShaHash> units;
};

FileTime later(const timespec& a, const timespec& b) {
    const FileTime first{a.tv_sec, static_cast<std::uint32_t>(a.tv_nsec)};
    const FileTime second{b.tv_sec, static_cast<std::uint32_t>(b.tv_nsec)};
    return std::max(first, second);
}

/// Calls `visit(directory, name, sha)` for everything named by a digest below "<kind>/ab/".
template <class Visit>
Result<void> for_each_in(const Fd& root, const char* kind, Visit visit) {
    const Fd top = TRY(sys::openat(root.get(), kind, O_RDONLY | O_DIRECTORY));
    for (const sys::DirectoryEntry& shelf : TRY(sys::list_directory(top))) {
        const Fd directory = TRY(sys::openat(top.get(), shelf.name, O_RDONLY | O_DIRECTORY));
        for (const sys::DirectoryEntry& entry : TRY(sys::list_directory(directory))) {
            if (const auto digest = Digest::from_hex(entry.name, 0)) {
                visit(directory, entry.name, digest->sha256);
            }
        }
    }
    return {};
}

std::uint64_t extra_of(const Fd& shelf, const std::string& name) {
    const auto about = sys::openat(shelf.get(), name + "/about", O_RDONLY);
    const auto text = about ? sys::read_all(*about, util::Bytes{4096}) : Result<std::string>{};
    unsigned long long extra = 0;
    return about && text && std::sscanf(text->c_str(), "extra %llu", &extra) == 1 ? extra : 0;
}

Result<Census> take_census(const Fd& root) {
    Census census;
    TRY(for_each_in(root, "blobs", [&](const Fd& shelf, const std::string& name, const Sha& sha) {
        if (const auto status = sys::fstatat(shelf.get(), name, AT_SYMLINK_NOFOLLOW)) {
            census.blobs[sha] = {.size = on_disk(static_cast<std::uint64_t>(status->st_size)),
                                 .changed = later(status->st_ctim, status->st_ctim)};
        }
    }));
    TRY(for_each_in(root, "groups", [&](const Fd& shelf, const std::string& name, const Sha& sha) {
        const auto status = sys::fstatat(shelf.get(), name, AT_SYMLINK_NOFOLLOW);
        const auto file = sys::openat(shelf.get(), name, O_RDONLY);
        const auto bytes =
            file ? sys::read_all(*file, util::Bytes{UINT64_MAX}) : Result<std::string>{};
        if (!status || !file || !bytes) {
            return;
        }
        Unit& unit = census.units[sha];
        unit = {.name = sha,
                .released = later(status->st_mtim, status->st_mtim),
                .blobs = {sha},
                .extra = on_disk(static_cast<std::uint64_t>(status->st_size))};
        for (const Digest& member : decode_members(*bytes).value_or(std::vector<Digest>{})) {
            unit.blobs.push_back(member.sha256);
        }
    }));
    TRY(for_each_in(root, "layers", [&](const Fd& shelf, const std::string& name, const Sha& sha) {
        Unit& unit = census.units[sha];
        unit.name = sha;
        unit.has_directory = true;
        unit.extra += extra_of(shelf, name);
    }));
    for (const auto& [name, unit] : census.units) {
        for (const Sha& sha : unit.blobs) {
            if (const auto blob = census.blobs.find(sha); blob != census.blobs.end()) {
                blob->second.has_unit = true;
            }
        }
    }
    for (const auto& [sha, blob] : census.blobs) {
        if (!blob.has_unit) {
            census.units[sha] = {.name = sha, .released = blob.changed, .blobs = {sha}};
        }
    }
    return census;
}

/// Marks what stays; returns its bytes.
std::uint64_t choose(Census& census, const std::set<Sha>& pinned, std::uint64_t room) {
    std::vector<Unit*> order;
    order.reserve(census.units.size());
    for (auto& [name, unit] : census.units) {
        unit.is_pinned = pinned.contains(name);
        order.push_back(&unit);
    }
    std::ranges::sort(order, [](const Unit* a, const Unit* b) {
        return std::tie(b->is_pinned, b->released, a->name) <
               std::tie(a->is_pinned, a->released, b->name);
    });
    std::uint64_t kept = 0;
    for (Unit* unit : order) {
        std::uint64_t cost = unit->extra;
        for (const Sha& sha : unit->blobs) {
            const auto blob = census.blobs.find(sha);
            cost += blob != census.blobs.end() && !blob->second.stays ? blob->second.size : 0;
        }
        if (!unit->is_pinned && kept + cost > room) {
            break;  // and everything older goes as well
        }
        kept += cost;
        unit->stays = true;
        for (const Sha& sha : unit->blobs) {
            if (const auto blob = census.blobs.find(sha); blob != census.blobs.end()) {
                blob->second.stays = true;
            }
        }
    }
    return kept;
}

std::string hex_of(const Sha& sha) {
    return Digest{.sha256 = sha, .size = 0}.hex();
}

/// Takes a directory out of sight at once; removing it takes longer and needs no lock.
void retire_directory(Store::Parts& parts, const Sha& name, std::vector<std::string>& retired) {
    const auto draft = parts.lease.draft_path();
    if (draft && sys::renameat(parts.root.get(), path_in("layers", hex_of(name)), parts.root.get(),
                               *draft)) {
        retired.push_back(*draft);
    }
}

void remove_the_rest(Store::Parts& parts, const Census& census, std::vector<std::string>& retired) {
    parts.note_loss();
    for (const auto& [name, unit] : census.units) {
        if (!unit.stays) {
            if (unit.has_directory) {
                retire_directory(parts, name, retired);
            }
            (void)sys::unlinkat(parts.root.get(), path_in("groups", hex_of(name)));
        }
    }
    for (const auto& [sha, blob] : census.blobs) {
        if (!blob.stays) {
            (void)sys::unlinkat(parts.root.get(), path_in("blobs", hex_of(sha)));
        }
    }
}

void remove_retired(const Store::Parts& parts, const std::vector<std::string>& retired) {
    for (const std::string& path : retired) {
        if (const auto removed = sys::remove_tree(parts.root.get(), path); !removed) {
            util::log::debug("evicting: {}", removed.error().message());
        }
    }
}

/// With the lock held.
Result<void>
evict_locked(Store::Parts& parts, std::uint64_t room, std::vector<std::string>& retired) {
    const std::set<Sha> pinned = TRY(pinned_by_the_living(parts.root));
    Census census = TRY(take_census(parts.root));
    parts.index.set_bytes(choose(census, pinned, room));
    remove_the_rest(parts, census, retired);
    return {};
}

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

/// Directories that show a damaged file, unless somebody alive uses them. With the lock held.
Result<void> retire_damaged(Store::Parts& parts, std::vector<std::string>& retired) {
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
            retire_directory(parts, name, retired);
        }
    }
    list_damage(parts.root, in_use);
    return {};
}

}  // namespace

void Store::settle() {
    const bool has_damage = [&] {
        const std::lock_guard lock(parts_->damaged_mutex);
        return !parts_->damaged.empty();
    }();
    if (!parts_->wrote.exchange(false) && !has_damage) {
        return;
    }
    std::vector<std::string> retired;
    const auto settled = [&]() -> Result<void> {
        std::optional<std::uint64_t> total = parts_->index.flush();
        if (!total) {
            total = TRY(size()).count;
            parts_->index.set_bytes(*total);
        }
        if (!has_damage && *total <= parts_->settings.cache_size.count) {
            return {};
        }
        const Fd lock = TRY(sys::openat(parts_->root.get(), lock_file, O_RDONLY | O_CREAT, 0600));
        if (!TRY(sys::flock(lock, LOCK_EX | LOCK_NB))) {
            parts_->wrote = true;  // somebody is building: another time
            return {};
        }
        TRY(retire_damaged(*parts_, retired));
        if (*total > parts_->settings.cache_size.count) {
            // A tenth more than needed, so that not every build comes here.
            TRY(evict_locked(*parts_, parts_->settings.cache_size.count / 10 * 9, retired));
        }
        return {};
    }();
    remove_retired(*parts_, retired);
    if (!settled) {
        util::log::warning("making room in the store: {}", settled.error().message());
    }
}

void Store::mend() {
    if (::faccessat(parts_->root.get(), damaged_file, F_OK, 0) != 0) {
        return;
    }
    // What we have used is what we know to be damaged.
    parts_->lease.release();
    std::vector<std::string> retired;
    const auto lock = sys::openat(parts_->root.get(), lock_file, O_RDONLY | O_CREAT, 0600);
    if (const auto locked = lock ? sys::flock(*lock, LOCK_EX | LOCK_NB) : Result<bool>(false);
        locked && *locked) {
        (void)retire_damaged(*parts_, retired);  // it stays listed otherwise
    }
    remove_retired(*parts_, retired);
}

Result<void> Store::evict(util::Bytes size) {
    std::vector<std::string> retired;
    {
        const Fd lock = TRY(sys::openat(parts_->root.get(), lock_file, O_RDONLY | O_CREAT, 0600));
        (void)TRY(sys::flock(lock, LOCK_EX));
        TRY(evict_locked(*parts_, size.count, retired));
    }
    remove_retired(*parts_, retired);
    return {};
}

Result<Store::Verification> Store::verify() {
    std::vector<Sha> names;
    TRY(for_each_in(parts_->root, "blobs",
                    [&](const Fd&, const std::string&, const Sha& sha) { names.push_back(sha); }));
    Verification verification;
    for (const Sha& name : names) {
        const auto file =
            sys::openat(parts_->root.get(), path_in("blobs", hex_of(name)), O_RDONLY | O_NOFOLLOW);
        if (!file) {
            continue;  // evicted meanwhile
        }
        ++verification.blobs;
        const auto found = digest_of(*file);
        if (!found || found->sha256 != name) {
            const Digest digest{.sha256 = name, .size = 0};
            TRY(parts_->drop(digest, found ? "its content is wrong" : "it cannot be read"));
            verification.damaged.push_back(digest);
        }
    }
    settle();
    return verification;
}

Result<util::Bytes> Store::size() const {
    const Census census = TRY(take_census(parts_->root));
    std::uint64_t total = 0;
    for (const auto& [sha, blob] : census.blobs) {
        total += blob.size;
    }
    for (const auto& [name, unit] : census.units) {
        total += unit.extra;
    }
    return util::Bytes{total};
}

}  // namespace maelstrom::store
