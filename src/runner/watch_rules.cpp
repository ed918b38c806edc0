#include "runner/watch_rules.hpp"

#include "util/path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace maelstrom::runner {

namespace {

constexpr std::array<std::string_view, 13> unimportant_names{".git",
                                                             ".hg",
                                                             ".svn",
                                                             ".jj",
                                                             "__pycache__",
                                                             ".pytest_cache",
                                                             ".mypy_cache",
                                                             ".ruff_cache",
                                                             ".tox",
                                                             ".nox",
                                                             ".venv",
                                                             "node_modules",
                                                             "maelstrom-container-tags.lock"};

/// State of any of the test runners.
bool is_ours(std::string_view name) {
    return name.starts_with(".maelstrom-");
}

/// Vim's, Emacs's, KDE's and GNOME's.
bool is_of_an_editor(std::string_view name) {
    return name.ends_with('~') || name.ends_with(".swp") || name.ends_with(".swx") ||
           name.starts_with(".#") || name == "4913" || name.starts_with(".goutputstream-") ||
           (name.starts_with('#') && name.ends_with('#'));
}

}  // namespace

std::string WatchRules::absolute(std::string_view path) const {
    return path.empty() ? root_ : fmt::format("{}/{}", root_, path);
}

bool WatchRules::matters(std::string_view path, bool is_directory) const {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    if (std::ranges::find(unimportant_names, name) != unimportant_names.end() ||
        name.ends_with(".pyc") || is_ours(name) || is_of_an_editor(name)) {
        return false;
    }
    const std::string whole = absolute(path);
    const bool is_excluded = std::ranges::any_of(excluded_, [&](const std::string& excluded) {
        return util::is_at_or_below(whole, excluded);
    });
    return !is_excluded && !ignore_.ignore(path, is_directory);
}

}  // namespace maelstrom::runner
