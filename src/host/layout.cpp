#include "host/layout.hpp"

#include "host/places.hpp"
#include "layer/host_base.hpp"
#include "util/path.hpp"

#include <dirent.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace maelstrom::host {

using util::is_at_or_below;
using util::is_below;
using util::join_paths;
using util::normal_path;
using util::path_below;

namespace {

/// A tree with something of ours inside becomes as many mounts as there are entries around it, and
/// each mount costs every job a little.
constexpr std::size_t max_pieces = 128;

/// Keeps one promise all the time: no tree lies in another, and none has an open place (the home
/// directory, the project) inside, as far as that was possible.
class Planner {
public:
    Planner(const Files& files, const LayoutRequest& request) : files_(files), request_(request) {
        layout_.project = request.project;
    }

    void add_base();
    void add_further(const FurtherTree& tree);
    Layout finish();

private:
    enum class Origin { base, environment, source };

    void add(const std::string& path, Origin origin);
    void add_directory(const std::string& path, Origin origin);
    bool refuse(const std::string& path, const std::string& resolved);
    bool open(std::vector<std::string>& trees, const std::string& place);
    struct Surroundings {
        std::vector<std::string> trees;
        std::vector<std::string> files;
        std::vector<Link> links;
    };
    std::optional<Surroundings> split(const std::string& tree, const std::string& place) const;
    bool is_in_snapshot(const std::string& path, Origin origin) const;

    const Files& files_;
    const LayoutRequest& request_;
    Layout layout_;
};

void Planner::add_base() {
    for (const char* directory : layer::host_base_directories) {
        add(directory, Origin::base);
    }
    for (const sys::DirectoryEntry& entry : files_.entries("/")) {
        if (layer::is_host_base_name(entry.name)) {
            add("/" + entry.name, Origin::base);
        }
    }
}

void Planner::add_further(const FurtherTree& tree) {
    const bool environment = tree.kind == FurtherTree::Kind::environment;
    add(normal_path(tree.path), environment ? Origin::environment : Origin::source);
}

void Planner::add(const std::string& path, Origin origin) {
    Resolution resolution = files_.resolve(path);
    const auto status = resolution.exists ? files_.look(resolution.path) : std::nullopt;
    if (!status) {
        return;
    }
    const bool shown = layout_.tree_of(resolution.path) != nullptr;
    if (!shown && origin != Origin::base && refuse(path, resolution.path)) {
        return;
    }
    std::ranges::move(resolution.links, std::back_inserter(layout_.links));
    if (shown || is_in_snapshot(resolution.path, origin)) {
        return;
    }
    if (S_ISDIR(status->st_mode)) {
        add_directory(resolution.path, origin);
    } else if (S_ISREG(status->st_mode)) {
        layout_.files.push_back(std::move(resolution.path));
    }
}

bool Planner::refuse(const std::string& path, const std::string& resolved) {
    const std::string why = why_not_whole(resolved, request_.home);
    if (!why.empty()) {
        layout_.notes.push_back(fmt::format("{} is not shown in the container: {}", path, why));
    }
    return !why.empty();
}

bool Planner::is_in_snapshot(const std::string& path, Origin origin) const {
    return layout_.project && (path == *layout_.project ||
                               (origin != Origin::environment && is_below(path, *layout_.project)));
}

void Planner::add_directory(const std::string& path, Origin origin) {
    std::erase_if(layout_.trees, [&](const std::string& tree) { return is_below(tree, path); });
    std::vector<std::string> pieces = {path};
    if (request_.home != "/") {
        open(pieces, request_.home);
    }
    if (layout_.project && !open(pieces, *layout_.project)) {
        layout_.notes.push_back(fmt::format(
            "{} is shown as it is on the host, read-only, not as a snapshot: it lies deep in {}",
            *layout_.project, path));
        layout_.project.reset();
    }
    for (std::string& piece : pieces) {
        if (!is_in_snapshot(piece, origin)) {
            layout_.trees.push_back(std::move(piece));
        }
    }
}

/// Replaces the tree that has `place` inside by what lies around it. False if that takes too many.
bool Planner::open(std::vector<std::string>& trees, const std::string& place) {
    const auto tree = std::ranges::find_if(
        trees, [&](const std::string& candidate) { return is_below(place, candidate); });
    if (tree == trees.end()) {
        return true;
    }
    auto around = split(*tree, place);
    if (!around) {
        return false;
    }
    trees.erase(tree);
    std::ranges::move(around->trees, std::back_inserter(trees));
    std::ranges::move(around->files, std::back_inserter(layout_.files));
    std::ranges::move(around->links, std::back_inserter(layout_.links));
    return true;
}

std::optional<Planner::Surroundings> Planner::split(const std::string& tree,
                                                    const std::string& place) const {
    Surroundings around;
    for (std::string at = tree; at != place;) {
        std::string next;
        for (const sys::DirectoryEntry& entry : files_.entries(at)) {
            const std::string path = join_paths(at, entry.name);
            if (is_at_or_below(place, path)) {
                next = path;
            } else if (entry.type == DT_DIR) {
                around.trees.push_back(path);
            } else if (entry.type == DT_REG) {
                around.files.push_back(path);
            } else if (entry.type == DT_LNK) {
                around.links.push_back(
                    {.path = path, .target = files_.link_target(path).value_or("")});
            }
        }
        if (next.empty() || around.trees.size() + around.files.size() > max_pieces) {
            return std::nullopt;
        }
        at = std::move(next);
    }
    return around;
}

Layout Planner::finish() {
    const auto is_shown = [&](const std::string& path) { return layout_.tree_of(path) != nullptr; };
    std::erase_if(layout_.links, [&](const Link& link) { return is_shown(link.path); });
    std::erase_if(layout_.files, is_shown);
    for (const std::string& tree : layout_.trees) {
        if (layout_.project && is_below(tree, *layout_.project)) {
            layout_.exclude.emplace_back(path_below(tree, *layout_.project));
        }
    }
    const auto sort_unique = [](auto& list) {
        std::ranges::sort(list);
        const auto repeated = std::ranges::unique(list);
        list.erase(repeated.begin(), repeated.end());
    };
    sort_unique(layout_.trees);
    sort_unique(layout_.files);
    sort_unique(layout_.links);
    sort_unique(layout_.exclude);
    sort_unique(layout_.notes);
    return std::move(layout_);
}

}  // namespace

const std::string* Layout::tree_of(const std::string& path) const {
    const auto found = std::ranges::find_if(
        trees, [&](const std::string& tree) { return is_at_or_below(path, tree); });
    return found == trees.end() ? nullptr : &*found;
}

bool Layout::shows(const std::string& path) const {
    return tree_of(path) != nullptr || (project && is_at_or_below(path, *project));
}

Layout plan_layout(const Files& files, const LayoutRequest& request) {
    Planner planner(files, request);
    if (request.with_base) {
        planner.add_base();
    }
    for (const FurtherTree& tree : request.further) {
        planner.add_further(tree);
    }
    return planner.finish();
}

}  // namespace maelstrom::host
