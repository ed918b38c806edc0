// Making room. Units (census.hpp) are laid out with the pinned ones first and then from the most to
// the least recently released; what does not fit any more goes. A blob stays as long as one unit
// that names it stays, so the whole store is looked at: some microseconds a blob, only when it has
// outgrown its size.

#include "store/census.hpp"
#include "store/damage.hpp"
#include "store/layout.hpp"
#include "store/parts.hpp"
#include "store/retired_directories.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "util/log.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>

namespace maelstrom::store {

using sys::Fd;

namespace {

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

void remove_the_rest(Store::Parts& parts, const Census& census, RetiredDirectories& retired) {
    parts.note_loss();
    for (const auto& [name, unit] : census.units) {
        if (!unit.stays) {
            if (unit.has_directory) {
                (void)retired.add(name);
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

/// With the lock held.
Result<void> evict_locked(Store::Parts& parts, std::uint64_t room, RetiredDirectories& retired) {
    const std::set<Sha> pinned = TRY(pinned_by_the_living(parts.root));
    Census census = TRY(take_census(parts.root));
    parts.index.set_bytes(choose(census, pinned, room));
    remove_the_rest(parts, census, retired);
    return {};
}

}  // namespace

void Store::settle() {
    const bool has_damage = parts_->has_met_damage();
    if (!parts_->wrote.exchange(false) && !has_damage) {
        return;
    }
    RetiredDirectories retired(*parts_);
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
    retired.remove();
    if (!settled) {
        util::log::warning("making room in the store: {}", settled.error().message());
    }
}

Result<void> Store::evict(util::Bytes size) {
    RetiredDirectories retired(*parts_);
    {
        const Fd lock = TRY(sys::openat(parts_->root.get(), lock_file, O_RDONLY | O_CREAT, 0600));
        (void)TRY(sys::flock(lock, LOCK_EX));
        TRY(evict_locked(*parts_, size.count, retired));
    }
    retired.remove();
    return {};
}

Result<util::Bytes> Store::size() const {
    return util::Bytes{TRY(take_census(parts_->root)).bytes()};
}

}  // namespace maelstrom::store
