#include "worker/hidden_entries.hpp"

#include "sys/file.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>

namespace maelstrom::worker {

namespace {

/// So many are named. One more is looked for, to say that there are more.
constexpr std::size_t most_named = 3;

using Status = std::optional<struct stat>;

Status look(const std::string& path, int flags) {
    struct stat status{};
    return ::fstatat(AT_FDCWD, path.c_str(), &status, flags) == 0 ? Status(status) : std::nullopt;
}

bool is_directory(const Status& status) {
    return status && S_ISDIR(status->st_mode);
}

/// Not by content: layers keep size and time of what they were made of.
bool looks_alike(const std::string& entry, const struct stat& status, const std::string& on_host) {
    if (S_ISLNK(status.st_mode)) {
        const auto target = sys::readlinkat(AT_FDCWD, entry);
        const auto other = sys::readlinkat(AT_FDCWD, on_host);
        return target && other && *target == *other;
    }
    const Status other = look(on_host, 0);
    return other && S_ISREG(other->st_mode) && other->st_size == status.st_size &&
           other->st_mtim.tv_sec == status.st_mtim.tv_sec;
}

class Search {
public:
    /// Looks at what a layer has at the path where the host's own tree is mounted.
    void look_below(const std::string& layer, const std::string& path) {
        const auto directory = sys::open(layer + path, O_RDONLY | O_DIRECTORY);
        const auto entries = directory ? sys::list_directory(*directory)
                                       : util::Result<std::vector<sys::DirectoryEntry>>();
        if (!entries) {
            return;
        }
        for (const sys::DirectoryEntry& entry : *entries) {
            if (found.size() > most_named) {
                return;
            }
            look_at(layer, util::join_paths(path, entry.name));
        }
    }

    std::vector<std::string> found;

private:
    void look_at(const std::string& layer, const std::string& path) {
        const Status status = look(layer + path, AT_SYMLINK_NOFOLLOW);
        if (!status) {
            return;
        }
        if (is_directory(status) && is_directory(look(path, 0))) {
            return look_below(layer, path);
        }
        const bool same = !is_directory(status) && looks_alike(layer + path, *status, path);
        if (!same && std::ranges::find(found, path) == found.end()) {
            found.push_back(path);
        }
    }
};

}  // namespace

std::string tell_hidden_entries(const container::Plan& plan) {
    Search search;
    std::vector<std::string> trees;
    for (const job::Mount& mount : plan.mounts) {
        const auto* tree = std::get_if<job::HostTreeMount>(&mount);
        if (tree == nullptr) {
            continue;
        }
        const std::size_t before = search.found.size();
        for (const std::string& layer : plan.lowers) {
            search.look_below(layer, tree->path);
        }
        if (search.found.size() > before) {
            trees.push_back(tree->path);
        }
    }
    if (search.found.empty()) {
        return {};
    }
    std::ranges::sort(search.found);
    const bool more = search.found.size() > most_named;
    search.found.resize(std::min(search.found.size(), most_named));
    return fmt::format("jobs do not see {}{}: the host container shows this machine's own {} at "
                       "that place, and what layers put there lies below; put it elsewhere, such "
                       "as /srv, or make a container of layers without parent = \"host\"",
                       fmt::join(search.found, ", "), more ? " and more" : "",
                       fmt::join(trees, ", "));
}

}  // namespace maelstrom::worker
