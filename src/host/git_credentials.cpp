#include "host/git_credentials.hpp"

#include "host/environment.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace maelstrom::host {

namespace {

/// "credential" of `[credential "https://…"]`; none if the line opens no section.
std::optional<std::string> section_of(std::string_view line) {
    line = util::trim(line);
    if (!line.starts_with('[')) {
        return std::nullopt;
    }
    const std::size_t end = line.find_first_of(" \t\"].", 1);
    return util::to_lower(line.substr(1, end == std::string_view::npos ? end : end - 1));
}

constexpr std::array credential_sections = {"credential", "http",        "https",   "url",
                                            "sendemail",  "imap",        "include", "includeif",
                                            "remote",     "credential-*"};

}  // namespace

std::string without_credentials(std::string_view git_config) {
    std::string result;
    bool drop = false;
    for (const std::string_view line : util::split_lines(git_config)) {
        if (const auto section = section_of(line)) {
            drop = std::ranges::any_of(credential_sections, [&](std::string_view pattern) {
                return name_matches(pattern, *section);
            });
        }
        if (!drop) {
            result += line;
            result += '\n';
        }
    }
    return result;
}

}  // namespace maelstrom::host
