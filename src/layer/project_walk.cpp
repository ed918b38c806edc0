#include "layer/project_walk.hpp"

#include "sys/file.hpp"
#include "util/log.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace maelstrom::layer {

namespace {

/// Of whatever type: a submodule's `.git` is a file.
constexpr std::array<std::string_view, 4> version_control{".git", ".hg", ".svn", ".jj"};
constexpr std::array<std::string_view, 10> made_directories{
    "target",        "node_modules", ".tox",        ".nox",    "__pycache__",
    ".pytest_cache", ".mypy_cache",  ".ruff_cache", ".gradle", ".venv"};

constexpr std::string_view cache_signature = "Signature: 8a477f597d28d172789f06886806bc55";

bool is_cache(const sys::Fd& directory) {
    const auto file = sys::openat(directory.get(), "CACHEDIR.TAG", O_RDONLY | O_NONBLOCK);
    const auto text = file ? sys::read_all(*file, util::Bytes{1 << 20}) : Result<std::string>{};
    return file && text && text->starts_with(cache_signature);
}

bool holds(const std::vector<sys::DirectoryEntry>& entries, std::string_view name) {
    return std::ranges::any_of(
        entries, [&](const sys::DirectoryEntry& entry) { return entry.name == name; });
}

std::string_view parent_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool could_name(const std::string& name) {
    return util::is_utf8(name) && !name.starts_with(".wh.");
}

}  // namespace

Result<ProjectWalk> ProjectWalk::of(const job::ProjectLayer& project) {
    ProjectWalk made(project.root);
    const auto compile = [&](const std::vector<std::string>& patterns,
                             std::vector<Matcher>& into) -> Result<void> {
        for (const std::string& pattern : patterns) {
            made.globs_.push_back(std::make_unique<Glob>(TRY(Glob::compile(pattern))));
            into.emplace_back(*made.globs_.back());
        }
        return {};
    };
    TRY(compile(project.exclude, made.excludes_));
    const std::size_t excluding = made.globs_.size();
    TRY(compile(project.include, made.includes_));
    for (std::size_t i = excluding; i < made.globs_.size(); ++i) {
        made.include_starts_.push_back(made.globs_[i]->start());
    }
    return made;
}

Result<bool> ProjectWalk::enter(const sys::Fd& directory,
                                const std::string& path,
                                const std::vector<sys::DirectoryEntry>& entries) {
    const bool is_made = !path.empty() && (holds(entries, "pyvenv.cfg") ||
                                           (holds(entries, "CACHEDIR.TAG") && is_cache(directory)));
    if (!is_made || peeking_.contains(path) || matches(includes_, path)) {
        if (entries.empty() && !path.empty() && !peeking_.contains(path)) {
            empty_.push_back(items_.size() - 1);
        }
        return true;
    }
    items_.pop_back();  // the directory itself, found just before
    if (!may_include_below(path)) {
        return false;
    }
    peeking_.insert(path);
    return true;
}

Result<bool> ProjectWalk::found(const sys::Fd& directory,
                                const std::string& path,
                                const sys::DirectoryEntry& entry) {
    const bool is_directory = entry.type == DT_DIR;
    const bool is_included = !includes_.empty() && matches(includes_, path);
    if (!is_included && (is_peeking(path) || is_excluded(path, entry))) {
        if (is_directory && may_include_below(path)) {
            peeking_.insert(path);
            return true;
        }
        return false;
    }
    if (!is_directory && entry.type != DT_REG && entry.type != DT_LNK) {
        return false;  // sockets, pipes, devices
    }
    if (!could_name(entry.name)) {
        util::log::warning("left out of the snapshot: {}, since its name cannot stand in a layer",
                           util::quoted(util::join_paths(root_, path)));
        return false;
    }
    struct stat status{};
    if (::fstatat(directory.get(), entry.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return false;  // gone in the meantime
    }
    std::string source = util::join_paths(root_, path);
    auto item = item_from(source, source, status);
    if (!item) {
        return false;
    }
    items_.push_back(std::move(*item));
    return true;
}

Result<void> ProjectWalk::unreadable(const std::string& path, util::Error error) {
    if (path.empty()) {
        error.while_doing(fmt::format("looking at the project {}", root_));
        return std::unexpected(std::move(error));
    }
    util::log::warning("left out of the snapshot: what is in {} ({})",
                       util::quoted(util::join_paths(root_, path)), error.message());
    return {};
}

std::vector<Item> ProjectWalk::take(const store::FileTime& own) {
    // A directory's own time changes with every cache that is written beside the files, which the
    // snapshot has nothing of.
    std::unordered_map<std::string_view, Item*> directories;
    auto empty = empty_.begin();
    for (std::size_t i = 0; i < items_.size(); ++i) {
        Item& item = items_[i];
        if (item.kind != Item::Kind::directory) {
            continue;
        }
        directories.emplace(item.path, &item);
        if (empty != empty_.end() && *empty == i) {
            ++empty;
        } else {
            item.attributes.mtime = {};
        }
    }
    auto parent = [&, last_path = std::string_view(),
                   last = static_cast<Item*>(nullptr)](const Item& item) mutable {
        const std::string_view path = parent_of(item.path);
        if (path != last_path || last == nullptr) {
            const auto known = directories.find(path);
            last = known == directories.end() ? nullptr : known->second;
            last_path = path;
        }
        return last;
    };
    store::FileTime newest;
    for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
        newest = std::max(newest, item->attributes.mtime);
        if (Item* directory = parent(*item)) {
            directory->attributes.mtime =
                std::max(directory->attributes.mtime, item->attributes.mtime);
        }
    }
    for (Item& item : items_) {
        if (item.kind == Item::Kind::directory && item.attributes.mtime == store::FileTime{}) {
            const Item* above = parent(item);
            const store::FileTime& general = newest == store::FileTime{} ? own : newest;
            item.attributes.mtime = above != nullptr ? above->attributes.mtime : general;
        }
    }
    return std::move(items_);
}

bool ProjectWalk::matches(std::vector<Matcher>& matchers, const std::string& path) {
    return std::ranges::any_of(matchers, [&](Matcher& matcher) { return matcher.matches(path); });
}

bool ProjectWalk::is_excluded(const std::string& path, const sys::DirectoryEntry& entry) {
    const std::string_view name = entry.name;
    if (std::ranges::find(version_control, name) != version_control.end()) {
        return true;
    }
    if (entry.type == DT_DIR &&
        (name.starts_with(".maelstrom-") ||
         std::ranges::find(made_directories, name) != made_directories.end())) {
        return true;
    }
    return !excludes_.empty() && matches(excludes_, path);
}

bool ProjectWalk::may_include_below(const std::string& path) const {
    return std::ranges::any_of(include_starts_, [&](const std::string& start) {
        const std::string directory = path + "/";
        return (start + "/").starts_with(directory) ||
               directory.starts_with(start.empty() ? "" : start + "/");
    });
}

bool ProjectWalk::is_peeking(std::string_view path) const {
    return !peeking_.empty() && peeking_.contains(std::string(parent_of(path)));
}

}  // namespace maelstrom::layer
