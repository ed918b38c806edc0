#include "layer/snapshot.hpp"

#include "layer/project_walk.hpp"
#include "sys/file.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace maelstrom::layer {

namespace {

constexpr std::uint64_t many_files = 50'000;
constexpr util::Bytes much_data{2ULL << 30};
/// Of what a link out of the project leads to.
constexpr util::Bytes target_limit{16 << 20};
constexpr std::size_t target_files_limit = 10'000;
constexpr int most_links = 40;
constexpr std::size_t most_named = 5;
constexpr std::size_t most_parts = 5;

bool is_below(std::string_view path, std::string_view directory) {
    return path == directory || (path.starts_with(directory) && !directory.empty() &&
                                 (directory.ends_with('/') || path[directory.size()] == '/'));
}

store::FileTime newest_of(const std::vector<Item>& items, const store::FileTime& otherwise) {
    store::FileTime newest;
    for (const Item& item : items) {
        newest = std::max(newest, item.attributes.mtime);
    }
    return items.empty() ? otherwise : newest;
}

/// Adds what links out of the project lead to.
class Targets {
public:
    Targets(const std::string& root, const std::string& home, std::vector<Item>& items)
        : root_(root), home_(home), items_(items) {}

    Result<void> run() {
        const std::size_t count = items_.size();  // what is added has no say
        for (std::size_t i = 0; i < count; ++i) {
            if (items_[i].kind == Item::Kind::link) {
                const std::string path = items_[i].path;
                TRY(follow(path));
            }
        }
        if (named_ > most_named) {
            util::log::info("and {} more links that lead out of the project", named_ - most_named);
        }
        return {};
    }

private:
    /// Goes where the kernel would go, adding the links met outside on the way.
    Result<void> follow(const std::string& link) {
        const auto target = sys::readlinkat(AT_FDCWD, link);
        if (!target) {
            return {};
        }
        std::string reached = target->starts_with('/') ? "" : link.substr(0, link.rfind('/'));
        std::deque<std::string> rest = pieces_of(*target);
        int links = 0;
        while (!rest.empty()) {
            const std::string component = std::move(rest.front());
            rest.pop_front();
            if (component == "..") {
                reached.resize(std::min(reached.rfind('/'), reached.size()));
                continue;
            }
            const std::string next = reached + "/" + component;
            struct stat status{};
            if (::lstat(next.c_str(), &status) != 0) {
                return {};  // it dangles outside as it will inside
            }
            if (!S_ISLNK(status.st_mode)) {
                reached = next;
                continue;
            }
            const auto further = sys::readlinkat(AT_FDCWD, next);
            if (!further || ++links > most_links) {
                return {};
            }
            if (may_add(next)) {
                TRY(add(next, status));
            }
            const std::deque<std::string> pieces = pieces_of(*further);
            rest.insert(rest.begin(), pieces.begin(), pieces.end());
            reached = further->starts_with('/') ? "" : reached;
        }
        return is_below(reached, root_) ? Result<void>{} : arrive(link, reached);
    }

    static std::deque<std::string> pieces_of(const std::string& path) {
        std::deque<std::string> pieces;
        for (const std::string_view piece : util::split(path, '/')) {
            if (!piece.empty() && piece != ".") {
                pieces.emplace_back(piece);
            }
        }
        return pieces;
    }

    bool may_add(const std::string& path) const {
        return !home_.empty() && is_below(path, home_) && path != home_ && !is_below(path, root_) &&
               !is_below(root_, path);
    }

    Result<void> arrive(const std::string& link, const std::string& target) {
        struct stat status{};
        if (::lstat(target.c_str(), &status) != 0) {
            return {};
        }
        if (!may_add(target) || (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))) {
            name_it(link, target);
            return {};
        }
        if (S_ISREG(status.st_mode)) {
            if (static_cast<std::uint64_t>(status.st_size) >= target_limit.count) {
                name_it(link, target);
                return {};
            }
            return add(target, status);
        }
        return add_directory(link, target, status);
    }

    Result<void>
    add_directory(const std::string& link, const std::string& target, const struct stat& status) {
        ProjectWalk walker = TRY(ProjectWalk::of({.root = target}));
        if (!walk(target, walker)) {
            name_it(link, target);
            return {};
        }
        const store::FileTime own = store::attributes_of(status).mtime;
        std::vector<Item> below = walker.take(own);
        std::uint64_t size = 0;
        for (const Item& item : below) {
            size += item.kind == Item::Kind::file ? item.identity.size : 0;
        }
        if (size >= target_limit.count || below.size() > target_files_limit) {
            name_it(link, target);
            return {};
        }
        if (added_.insert(target).second) {
            items_.push_back(TRY(item_from(target, target, status)));
            items_.back().attributes.mtime = newest_of(below, own);
        }
        for (Item& item : below) {
            if (added_.insert(item.path).second) {
                items_.push_back(std::move(item));
            }
        }
        return {};
    }

    Result<void> add(const std::string& path, const struct stat& status) {
        if (added_.insert(path).second) {
            items_.push_back(TRY(item_from(path, path, status)));
        }
        return {};
    }

    void name_it(const std::string& link, const std::string& target) {
        // What the host base has is there anyway.
        static constexpr std::string_view base[] = {
            "/usr", "/opt", "/bin", "/sbin", "/nix/store", "/gnu/store", "/dev", "/proc", "/etc"};
        const bool is_in_base = target.starts_with("/lib") ||
                                std::ranges::any_of(base, [&](std::string_view directory) {
                                    return is_below(target, directory);
                                });
        if (!is_in_base && ++named_ <= most_named) {
            util::log::info(
                "link {} leads out of the project, to {}, which the container does not have",
                util::quoted(link), util::quoted(target));
        }
    }

    const std::string& root_;
    const std::string& home_;
    std::vector<Item>& items_;
    std::set<std::string> added_;
    std::size_t named_ = 0;
};

ProjectSummary summarise(const std::string& root, const std::vector<Item>& items) {
    ProjectSummary summary{.root = root};
    for (const Item& item : items) {
        if (item.kind != Item::Kind::directory) {
            ++summary.files;
            summary.size.count += item.kind == Item::Kind::file ? item.identity.size : 0;
        }
    }
    if (!summary.is_large()) {
        return summary;
    }
    std::map<std::string, ProjectSummary::Part, std::less<>> parts;
    for (const Item& item : items) {
        if (item.kind == Item::Kind::directory || !is_below(item.path, root)) {
            continue;
        }
        const std::string relative = item.path.substr(std::min(root.size() + 1, item.path.size()));
        // "a" and "a/b" of "a/b/c/file"
        for (std::size_t slash = relative.find('/'), level = 0;
             slash != std::string::npos && level < 2;
             slash = relative.find('/', slash + 1), ++level) {
            ProjectSummary::Part& part = parts[relative.substr(0, slash)];
            ++part.files;
            part.size.count += item.identity.size;
        }
    }
    for (auto& [directory, part] : parts) {
        part.directory = directory;
        summary.largest.push_back(std::move(part));
    }
    std::ranges::sort(summary.largest, std::greater{}, [](const ProjectSummary::Part& part) {
        return std::pair(part.size, part.files);
    });
    summary.largest.resize(std::min(summary.largest.size(), most_parts));
    return summary;
}

}  // namespace

bool ProjectSummary::is_large() const {
    return files > many_files || size > much_data;
}

Result<Snapshot> look_at_project(const job::ProjectLayer& project, const std::string& home) {
    if (!project.root.starts_with('/')) {
        return util::fail(util::ErrorKind::invalid, "project root {} is not absolute",
                          util::quoted(project.root));
    }
    struct stat status{};
    if (::stat(project.root.c_str(), &status) != 0) {
        return util::fail_errno("looking at the project {}", project.root);
    }
    ProjectWalk walker = TRY(ProjectWalk::of(project));
    TRY(walk(project.root, walker));
    Snapshot snapshot{.plan = {.ignores_directory_identity = true, .tolerates_loss = true},
                      .summary = {}};
    Item top = TRY(item_from(project.root, project.root, status));
    snapshot.plan.items = walker.take(top.attributes.mtime);
    top.attributes.mtime = newest_of(snapshot.plan.items, top.attributes.mtime);
    TRY(Targets(project.root, home, snapshot.plan.items).run());
    snapshot.plan.items.push_back(std::move(top));
    snapshot.summary = summarise(project.root, snapshot.plan.items);
    return snapshot;
}

Result<std::vector<std::string>> list_project_files(const job::ProjectLayer& project,
                                                    const std::string& home) {
    const Snapshot snapshot = TRY(look_at_project(project, home));
    std::vector<std::string> paths;
    for (const Item& item : snapshot.plan.items) {
        paths.push_back(item.kind == Item::Kind::directory ? item.path + "/" : item.path);
    }
    std::ranges::sort(paths);
    return paths;
}

}  // namespace maelstrom::layer
