#pragma once

#include "job/spec.hpp"
#include "layer/glob.hpp"
#include "layer/item.hpp"
#include "layer/walk.hpp"

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace maelstrom::layer {

/// Decides what of a project belongs into its snapshot, entry by entry. What is included beats what
/// is excluded; an excluded directory is entered only if something below could be included.
class ProjectWalk final : public Visitor {
public:
    /// `excludes` and `includes` are globs on paths relative to `root`.
    static Result<ProjectWalk> of(const job::ProjectLayer& project);

    Result<bool> enter(const sys::Fd& directory,
                       const std::string& path,
                       const std::vector<sys::DirectoryEntry>& entries) override;
    Result<bool> found(const sys::Fd& directory,
                       const std::string& path,
                       const sys::DirectoryEntry& entry) override;
    Result<void> unreadable(const std::string& path, util::Error error) override;

    /// In order of the walk, a directory before what is in it. A directory's time is the newest of
    /// what it holds; its own if it is empty; and if all that is in it was left out, that of the
    /// directory above. `own` is the root's.
    std::vector<Item> take(const store::FileTime& own);

private:
    explicit ProjectWalk(std::string root) : root_(std::move(root)) {}

    bool matches(std::vector<Matcher>& matchers, const std::string& path);
    bool is_excluded(const std::string& path, const sys::DirectoryEntry& entry);
    bool may_include_below(const std::string& path) const;
    bool is_peeking(std::string_view path) const;

    std::string root_;
    std::vector<std::unique_ptr<Glob>> globs_;  ///< what the matchers refer to
    std::vector<Matcher> excludes_;
    std::vector<Matcher> includes_;
    std::vector<std::string> include_starts_;
    std::vector<Item> items_;
    std::unordered_set<std::string>
        peeking_;                     ///< excluded directories that are searched for included files
    std::vector<std::size_t> empty_;  ///< directories among the items
};

}  // namespace maelstrom::layer
