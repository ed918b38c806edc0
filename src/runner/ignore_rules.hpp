#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::runner {

/// What the `.gitignore` files of a tree say (gitignore(5)). Paths are relative to the root of the
/// tree, without a slash at either end; the root itself is "".
class IgnoreRules {
public:
    /// Takes the content of the file in `directory`, in place of what it said before.
    void read(const std::string& directory, std::string_view text);
    /// Whether the last rule that fits says so. Whoever asks does not enter ignored directories.
    bool ignore(std::string_view path, bool is_directory) const;

private:
    struct Rule {
        std::string directory;  ///< of the file that it stands in
        std::vector<std::string> segments;
        bool takes_back = false;
        bool directories_only = false;
    };

    static bool fits(const Rule& rule, std::string_view path, bool is_directory);

    std::vector<Rule> rules_;  ///< those of upper directories first
};

/// `*`, `?`, `[a-z]`, `[!a]` and `\c`, within one part of a path. In time proportional to the
/// product of the lengths.
bool fits_segment(std::string_view pattern, std::string_view name);

}  // namespace maelstrom::runner
