#include "layer/globs.hpp"

#include "layer/prefixes.hpp"
#include "layer/walk.hpp"
#include "sys/file.hpp"
#include "sys/thread.hpp"
#include "util/log.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>

namespace maelstrom::layer {

namespace {

bool is_pruned(std::string_view name) {
    return name == ".git" || name.starts_with(".maelstrom-");
}

/// Whether the path names a directory without going through links, as a walk from the project would
/// find it.
bool is_real_directory(const std::string& project, const std::string& path) {
    std::string at = project;
    for (const std::string_view component : util::split(path, '/')) {
        at.append("/").append(component);
        struct stat status{};
        if (component.empty() || component == "." || component == ".." ||
            ::lstat(at.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
            return false;
        }
    }
    return true;
}

}  // namespace

class Globs::Collector final : public Visitor {
public:
    Collector(Walk& walk) : walk_(walk) {}

    Result<bool> enter(const sys::Fd& /*directory*/,
                       const std::string& path,
                       const std::vector<sys::DirectoryEntry>& entries) override {
        const bool is_environment =
            !path.empty() && std::ranges::any_of(entries, [](const sys::DirectoryEntry& entry) {
                return entry.name == "pyvenv.cfg";
            });
        if (is_environment) {
            walk_.paths.pop_back();  // the directory itself, seen just before
            return false;
        }
        walk_.entered.insert(util::join_paths(walk_.start, path));
        return true;
    }

    Result<bool> found(const sys::Fd& /*directory*/,
                       const std::string& path,
                       const sys::DirectoryEntry& entry) override {
        if (is_pruned(entry.name)) {
            return false;
        }
        walk_.paths.push_back(util::join_paths(walk_.start, path));
        return true;
    }

    Result<void> unreadable(const std::string& path, util::Error error) override {
        error.while_doing(fmt::format("looking for files in {}",
                                      util::quoted(util::join_paths(walk_.start, path))));
        return std::unexpected(std::move(error));
    }

private:
    Walk& walk_;
};

Result<std::shared_ptr<const Globs::Walk>>
Globs::walk_from(const std::string& start, std::chrono::steady_clock::time_point since) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(walks_, [&](const auto& walk) { return walk->made < since; });
    for (const auto& walk : walks_) {
        if (util::is_at_or_below(start, walk->start) && walk->entered.contains(start)) {
            return walk;
        }
    }
    const auto made = std::make_shared<Walk>();
    made->start = start;
    made->made = now;
    if (start.empty() || is_real_directory(project_directory_, start)) {
        Collector collector(*made);
        TRY(walk(util::join_paths(project_directory_, start), collector));
    }
    walks_.push_back(made);
    return std::shared_ptr<const Walk>(made);
}

namespace {

/// Looks at a stretch of paths; each thread has one.
struct Looking {
    Prefixes prefixes;
    std::vector<Item> items;
    std::optional<util::Error> error;

    void run(std::span<const std::string* const> paths) {
        items.reserve(paths.size());
        for (const std::string* path : paths) {
            auto item = prefixes.item(*path);
            if (!item) {
                error = std::move(item).error();
                return;
            }
            items.push_back(std::move(*item));
        }
    }
};

/// From here on a second thread saves more than it costs.
constexpr std::size_t paths_per_thread = 1'000;

}  // namespace

/// In the order of the paths.
Result<std::vector<Item>> Globs::look_at_all(const job::GlobLayer& layer,
                                             std::span<const std::string* const> paths) const {
    const std::size_t most = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t count = std::clamp(paths.size() / paths_per_thread, std::size_t{1}, most);
    std::vector<Looking> lookings;
    for (std::size_t i = 0; i < count; ++i) {
        lookings.push_back({.prefixes = Prefixes(layer.options, project_directory_)});
    }
    const auto stretch = [&](std::size_t i) {
        const std::size_t begin = paths.size() * i / count;
        return paths.subspan(begin, paths.size() * (i + 1) / count - begin);
    };
    std::atomic<std::size_t> next = 0;
    sys::run_side_by_side(count, [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            lookings[i].run(stretch(i));
        }
    });
    std::vector<Item> items;
    items.reserve(paths.size());
    bool has_stripped = false;
    for (Looking& looking : lookings) {
        if (looking.error) {
            return std::unexpected(std::move(*looking.error));
        }
        has_stripped = has_stripped || looking.prefixes.has_stripped();
        std::ranges::move(looking.items, std::back_inserter(items));
    }
    if (!has_stripped) {
        lookings[0].prefixes.finish();
    }
    return items;
}

Result<Inputs> Globs::inputs(const job::GlobLayer& layer,
                             std::chrono::steady_clock::time_point since) {
    const Glob glob = TRY(Glob::compile(layer.pattern));
    std::vector<const std::string*> matched;
    std::shared_ptr<const Walk> walked;
    if (!layer.pattern.starts_with('/') && !layer.pattern.starts_with("./")) {
        walked = TRY(walk_from(glob.start(), since));
        Matcher matcher(glob);
        for (const std::string& path : walked->paths) {
            if (util::is_at_or_below(path, glob.start()) && matcher.matches(path)) {
                matched.push_back(&path);
            }
        }
    }
    if (matched.empty()) {
        util::log::warning("glob {} matches nothing below {}", util::quoted(layer.pattern),
                           util::quoted(project_directory_));
    }
    Inputs inputs;
    inputs.items = TRY(look_at_all(layer, matched), "glob {}", util::quoted(layer.pattern));
    return inputs;
}

}  // namespace maelstrom::layer
