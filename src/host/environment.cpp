#include "host/environment.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace maelstrom::host {

namespace {

constexpr std::array usual = {
    "PATH",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TZ",
    "USER",
    "LOGNAME",
    "SHELL",
    "HOME",
    "CI",
    "NO_COLOR",
    "COLUMNS",
    "SOURCE_DATE_EPOCH",
    "FORCE_COLOR",
};

bool is_passed(const std::string& name, const EnvironmentRequest& request) {
    const auto matches = [&](std::string_view pattern) { return name_matches(pattern, name); };
    return std::ranges::any_of(usual, matches) || std::ranges::any_of(request.pass, matches);
}

/// Relative elements stay: they mean something in the working directory, which is the caller's.
std::string present_path(std::string_view path,
                         const std::function<bool(const std::string&)>& exists) {
    std::string result;
    for (const std::string_view element : util::split(path, ':')) {
        const bool keep =
            !element.empty() && (!element.starts_with('/') || exists(std::string(element)));
        if (keep) {
            result += result.empty() ? "" : ":";
            result += element;
        }
    }
    return result;
}

}  // namespace

bool name_matches(std::string_view pattern, std::string_view name) {
    // The last "*" seen may swallow one more character whenever the rest does not fit.
    std::size_t at = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_end = 0;
    std::size_t in_name = 0;
    while (in_name < name.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            star_end = in_name;
        } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == name[in_name])) {
            ++at;
            ++in_name;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            in_name = ++star_end;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

Variables container_variables(const Variables& outside,
                              const EnvironmentRequest& request,
                              const std::function<bool(const std::string&)>& exists) {
    Variables inside;
    for (const auto& [name, value] : outside) {
        if (is_passed(name, request)) {
            inside.emplace(name, value);
        }
    }
    if (const auto path = inside.find("PATH"); path != inside.end()) {
        path->second = present_path(path->second, exists);
        if (path->second.empty()) {
            inside.erase(path);
        }
    }
    const auto terminal = outside.find("TERM");
    inside["TERM"] = request.has_terminal && terminal != outside.end() ? terminal->second : "dumb";
    for (const auto& [name, value] : request.set) {
        inside[name] = value;
    }
    inside["MAELSTROM"] = "1";
    return inside;
}

}  // namespace maelstrom::host
