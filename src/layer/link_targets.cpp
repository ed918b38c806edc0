#include "layer/link_targets.hpp"

#include "layer/host_base.hpp"
#include "layer/project_walk.hpp"
#include "sys/file.hpp"
#include "util/log.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <deque>
#include <set>

namespace maelstrom::layer {

namespace {

/// Of what a link out of the project leads to.
constexpr util::Bytes target_limit{16 << 20};
constexpr std::size_t target_files_limit = 10'000;
constexpr std::size_t most_named = 5;

bool is_in_host_container(const std::string& path) {
    return is_in_host_base(path) || util::is_at_or_below(path, "/dev") ||
           util::is_at_or_below(path, "/proc") || util::is_at_or_below(path, "/etc");
}

class LinkTargets {
public:
    LinkTargets(const std::string& root, const std::string& home, std::vector<Item>& items)
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
            if (!further || ++links > util::most_links) {
                return {};
            }
            if (may_add(next)) {
                TRY(add(next, status));
            }
            const std::deque<std::string> pieces = pieces_of(*further);
            rest.insert(rest.begin(), pieces.begin(), pieces.end());
            reached = further->starts_with('/') ? "" : reached;
        }
        return util::is_at_or_below(reached, root_) ? Result<void>{} : arrive(link, reached);
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
        return !home_.empty() && util::is_below(path, home_) &&
               !util::is_at_or_below(path, root_) && !util::is_at_or_below(root_, path);
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
        // What the host container has is there anyway.
        if (!is_in_host_container(target) && ++named_ <= most_named) {
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

}  // namespace

Result<void>
add_link_targets(std::vector<Item>& items, const std::string& root, const std::string& home) {
    return LinkTargets(root, home, items).run();
}

}  // namespace maelstrom::layer
