#include "runner/ignore_rules.hpp"

#include "util/text.hpp"

#include <algorithm>

namespace maelstrom::runner {

namespace {

constexpr std::string_view any_depth = "**";

/// Steps over one element of a pattern and says whether it fits the character.
bool take_element(std::string_view& pattern, char c) {
    if (pattern.starts_with('\\') && pattern.size() > 1) {
        const bool same = pattern[1] == c;
        pattern.remove_prefix(2);
        return same;
    }
    const std::size_t end =
        pattern.starts_with('[') ? pattern.find(']', 2) : std::string_view::npos;
    if (end == std::string_view::npos) {
        const bool same = pattern.front() == '?' || pattern.front() == c;
        pattern.remove_prefix(1);
        return same;
    }
    std::string_view set = pattern.substr(1, end - 1);
    pattern.remove_prefix(end + 1);
    const bool outside = set.starts_with('!') || set.starts_with('^');
    set.remove_prefix(outside ? 1 : 0);
    bool inside = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (i + 2 < set.size() && set[i + 1] == '-') {
            inside = inside || (set[i] <= c && c <= set[i + 2]);
            i += 2;
        } else {
            inside = inside || set[i] == c;
        }
    }
    return inside != outside;
}

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> parts;
    for (const std::string_view part : util::split(path, '/')) {
        if (!part.empty()) {
            parts.emplace_back(part);
        }
    }
    return parts;
}

/// Both walk from left to right; at a mismatch the last "**" takes one part more.
bool fits_parts(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
    std::size_t p = 0;
    std::size_t s = 0;
    std::size_t star = std::string::npos;
    std::size_t restart = 0;
    while (s < path.size()) {
        if (p < pattern.size() && pattern[p] == any_depth) {
            star = p++;
            restart = s;
            // At the end it stands for everything inside, not for the directory itself.
            if (p == pattern.size()) {
                return true;
            }
        } else if (p < pattern.size() && fits_segment(pattern[p], path[s])) {
            ++p;
            ++s;
        } else if (star != std::string::npos) {
            p = star + 1;
            s = ++restart;
        } else {
            return false;
        }
    }
    return p == pattern.size();
}

/// Without blanks at the end, unless they are escaped.
std::string_view without_trailing_blanks(std::string_view line) {
    while ((line.ends_with(' ') && !line.ends_with("\\ ")) || line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

}  // namespace

bool fits_segment(std::string_view pattern, std::string_view name) {
    std::string_view after_star;
    std::string_view restart;
    bool has_star = false;
    while (!name.empty()) {
        std::string_view rest = pattern;
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            has_star = true;
            after_star = pattern;
            restart = name;
        } else if (!pattern.empty() && take_element(rest, name.front())) {
            pattern = rest;
            name.remove_prefix(1);
        } else if (has_star) {
            restart.remove_prefix(1);
            name = restart;
            pattern = after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*') == std::string_view::npos;
}

void IgnoreRules::read(const std::string& directory, std::string_view text) {
    std::erase_if(rules_, [&](const Rule& rule) { return rule.directory == directory; });
    const auto place = std::ranges::find_if(
        rules_, [&](const Rule& rule) { return rule.directory.size() > directory.size(); });
    std::vector<Rule> rules;
    for (std::string_view line : util::split_lines(text)) {
        line = without_trailing_blanks(line);
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        Rule rule{.directory = directory};
        if (line.starts_with('!')) {
            rule.takes_back = true;
            line.remove_prefix(1);
        }
        rule.directories_only = line.ends_with('/');
        // A slash anywhere but at the end ties it to the directory of the file.
        const bool is_tied = line.substr(0, line.empty() ? 0 : line.size() - 1).contains('/');
        rule.segments = split_path(line);
        if (!is_tied) {
            rule.segments.insert(rule.segments.begin(), std::string(any_depth));
        }
        const bool says_nothing = rule.segments.size() == 1 && rule.segments.front() == any_depth;
        if (!rule.segments.empty() && !says_nothing) {
            rules.push_back(std::move(rule));
        }
    }
    rules_.insert(place, std::make_move_iterator(rules.begin()),
                  std::make_move_iterator(rules.end()));
}

bool IgnoreRules::ignore(std::string_view path, bool is_directory) const {
    for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
        if (fits(*rule, path, is_directory)) {
            return !rule->takes_back;
        }
    }
    return false;
}

bool IgnoreRules::fits(const Rule& rule, std::string_view path, bool is_directory) {
    if (rule.directories_only && !is_directory) {
        return false;
    }
    if (!rule.directory.empty()) {
        if (!path.starts_with(rule.directory + "/")) {
            return false;
        }
        path.remove_prefix(rule.directory.size() + 1);
    }
    return fits_parts(rule.segments, split_path(path));
}

}  // namespace maelstrom::runner
