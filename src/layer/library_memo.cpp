#include "layer/library_memo.hpp"

#include "store/sha256.hpp"
#include "store/store.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "util/text.hpp"

#include <fcntl.h>

#include <algorithm>

namespace maelstrom::layer {

using util::Result;

namespace {

// One line for each file that was looked at: "found" or "passed", its identity or "absent", its
// path.

using Seen = std::optional<store::FileIdentity>;

std::string text_of(const Seen& seen) {
    return seen ? fmt::format("{},{},{},{}.{},{}.{}", seen->device, seen->inode, seen->size,
                              seen->mtime.seconds, seen->mtime.nanoseconds, seen->ctime.seconds,
                              seen->ctime.nanoseconds)
                : "absent";
}

Seen see(const std::string& path) {
    const auto status = sys::fstatat(AT_FDCWD, path);
    return status ? Seen(store::identity_of(*status)) : std::nullopt;
}

std::string encode(const Libraries& libraries) {
    std::string lines;
    for (const auto& [path, seen] : libraries.looked_at) {
        const bool is_found = std::ranges::binary_search(libraries.found, path);
        lines += fmt::format("{} {} {}\n", is_found ? "found" : "passed", text_of(seen), path);
    }
    return lines;
}

/// The libraries found then; none if a look could now have another answer.
std::optional<std::vector<std::string>> decode_if_same(std::string_view lines) {
    std::vector<std::string> found;
    for (const std::string_view line : util::split_lines(lines)) {
        const std::size_t first = line.find(' ');
        const std::size_t second = line.find(' ', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) {
            return std::nullopt;
        }
        std::string path(line.substr(second + 1));
        if (text_of(see(path)) != line.substr(first + 1, second - first - 1)) {
            return std::nullopt;
        }
        if (line.substr(0, first) == "found") {
            found.push_back(std::move(path));
        }
    }
    return found;
}

/// Whether any change from now on would show.
bool can_be_remembered(const Libraries& libraries, const timespec& began) {
    return std::ranges::all_of(libraries.looked_at, [&](const auto& entry) {
        const auto& [path, seen] = entry;
        return (!seen || store::is_settled(*seen, began)) && path.find('\n') == std::string::npos;
    });
}

}  // namespace

Result<std::vector<std::string>> remembered_libraries_of(store::Store& store,
                                                         const std::string& program,
                                                         const LibrarySearch& search) {
    const timespec began = sys::file_clock();
    const store::FileIdentity identity = store::identity_of(TRY(sys::fstatat(AT_FDCWD, program)));
    const util::Digest key = store::digest_of(
        fmt::format("libraries 2\n{}\n{}\n{} {}", fmt::join(search.ld_library_path, ":"),
                    fmt::join(search.configured, ":"), text_of(identity), program));
    if (const auto known = store.recall(key)) {
        if (auto found = decode_if_same(*known)) {
            return std::move(*found);
        }
    }
    Libraries libraries = TRY(look_for_libraries(program, search));
    if (can_be_remembered(libraries, began)) {
        store.remember(key, encode(libraries));
    }
    return std::move(libraries.found);
}

}  // namespace maelstrom::layer
