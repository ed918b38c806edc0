#include "store/census.hpp"

#include "store/layout.hpp"
#include "store/parts.hpp"
#include "sys/file.hpp"

#include <fcntl.h>

#include <cstdio>

namespace maelstrom::store {

using sys::Fd;

namespace {

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

Result<void> count_blobs(const Fd& root, Census& census) {
    return for_each_in(
        root, "blobs", [&](const Fd& shelf, const std::string& name, const Sha& sha) {
            if (const auto status = sys::fstatat(shelf.get(), name, AT_SYMLINK_NOFOLLOW)) {
                census.blobs[sha] = {.size = on_disk(static_cast<std::uint64_t>(status->st_size)),
                                     .changed = file_time(status->st_ctim)};
            }
        });
}

Result<void> count_groups(const Fd& root, Census& census) {
    return for_each_in(
        root, "groups", [&](const Fd& shelf, const std::string& name, const Sha& sha) {
            const auto status = sys::fstatat(shelf.get(), name, AT_SYMLINK_NOFOLLOW);
            const auto file = sys::openat(shelf.get(), name, O_RDONLY);
            const auto bytes =
                file ? sys::read_all(*file, util::Bytes{UINT64_MAX}) : Result<std::string>{};
            if (!status || !file || !bytes) {
                return;
            }
            Unit& unit = census.units[sha];
            unit = {.name = sha,
                    .released = file_time(status->st_mtim),
                    .blobs = {sha},
                    .extra = on_disk(static_cast<std::uint64_t>(status->st_size))};
            for (const Digest& member : decode_members(*bytes).value_or(std::vector<Digest>{})) {
                unit.blobs.push_back(member.sha256);
            }
        });
}

Result<void> count_directories(const Fd& root, Census& census) {
    return for_each_in(root, "layers",
                       [&](const Fd& shelf, const std::string& name, const Sha& sha) {
                           Unit& unit = census.units[sha];
                           unit.name = sha;
                           unit.has_directory = true;
                           unit.extra += extra_of(shelf, name);
                       });
}

void give_lone_blobs_units(Census& census) {
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
}

}  // namespace

Result<Census> take_census(const Fd& root) {
    Census census;
    TRY(count_blobs(root, census));
    TRY(count_groups(root, census));
    TRY(count_directories(root, census));
    give_lone_blobs_units(census);
    return census;
}

Result<std::vector<Sha>> layers_with_directories(const Fd& root) {
    std::vector<Sha> layers;
    TRY(for_each_in(root, "layers",
                    [&](const Fd&, const std::string&, const Sha& sha) { layers.push_back(sha); }));
    return layers;
}

std::uint64_t Census::bytes() const {
    std::uint64_t total = 0;
    for (const auto& [sha, blob] : blobs) {
        total += blob.size;
    }
    for (const auto& [name, unit] : units) {
        total += unit.extra;
    }
    return total;
}

std::string hex_of(const Sha& sha) {
    return Digest{.sha256 = sha, .size = 0}.hex();
}

}  // namespace maelstrom::store
