#pragma once

#include "runner/ignore_rules.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace maelstrom::runner {

/// Which changes below a directory matter: not those of version control, caches, byte code,
/// editors' temporary files, what `.gitignore` names, and what is excluded by path.
class WatchRules {
public:
    /// `excluded`: absolute paths, each with all below.
    WatchRules(std::string root, std::vector<std::string> excluded)
        : root_(std::move(root)), excluded_(std::move(excluded)) {}

    const std::string& root() const { return root_; }
    std::string absolute(std::string_view path) const;
    /// `path` is relative to the root.
    bool matters(std::string_view path, bool is_directory) const;
    void exclude(std::string path) { excluded_.push_back(std::move(path)); }
    void read_ignore_file(const std::string& directory, std::string_view text) {
        ignore_.read(directory, text);
    }

private:
    std::string root_;
    std::vector<std::string> excluded_;
    IgnoreRules ignore_;
};

}  // namespace maelstrom::runner
