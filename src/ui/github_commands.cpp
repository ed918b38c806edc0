#include "ui/github_commands.hpp"

#include "ui/text.hpp"
#include "ui/width.hpp"
#include "ui/wrap.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

namespace maelstrom::ui {

namespace {

constexpr std::size_t message_limit = 1000;

/// A value of a workflow command.
std::string command_data(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
        case '%':
            escaped += "%25";
            break;
        case '\r':
            escaped += "%0D";
            break;
        case '\n':
            escaped += "%0A";
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

/// A property of one: separators are escaped, too.
std::string command_property(std::string_view text) {
    std::string escaped;
    for (const char c : command_data(text)) {
        if (c == ':') {
            escaped += "%3A";
        } else if (c == ',') {
            escaped += "%2C";
        } else {
            escaped += c;
        }
    }
    return escaped;
}

/// As GitHub names files: below the checkout. What is not there keeps its name.
std::string
relative_file(const std::string& file, std::string_view project, std::string_view workspace) {
    const std::string whole = util::join_paths(project, file);
    if (!workspace.empty() && util::is_below(whole, workspace)) {
        return std::string(util::path_below(whole, workspace));
    }
    return file;
}

/// What was raised in a library says less than the test, and is in no pull request.
Place place_of(const CaseFinished& finished, std::string_view workspace) {
    if (finished.place && finished.place->file.starts_with(workspace)) {
        return *finished.place;
    }
    return Place{.file = finished.name->file, .line = finished.name->line};
}

}  // namespace

std::string first_words(const CaseFinished& finished) {
    const std::string& text = !finished.message.empty()  ? finished.message
                              : !finished.detail.empty() ? finished.detail
                                                         : finished.output;
    const auto lines = wrapped(text.substr(0, 2 * message_limit), 2 * message_limit, false);
    const std::string clean = fmt::format("{}", fmt::join(lines, "\n"));
    return clean.empty() ? std::string(status_word(finished.verdict))
                         : util::to_utf8(clean.substr(0, message_limit));
}

std::string
github_error(const CaseFinished& finished, std::string_view project, std::string_view workspace) {
    const Place place = place_of(finished, workspace);
    std::string properties;
    if (!place.file.empty()) {
        properties = fmt::format("file={},",
                                 command_property(relative_file(place.file, project, workspace)));
        if (place.line > 0) {
            properties += fmt::format("line={},", place.line);
        }
    }
    const std::string_view word = finished.verdict == Verdict::timed_out ? "timed out"
                                  : finished.verdict == Verdict::errored ? "could not be run"
                                                                         : "failed";
    properties += fmt::format("title={}", command_property(fmt::format(
                                              "{} {}", printable(finished.name->display), word)));
    return fmt::format("::error {}::{}\n", properties, command_data(first_words(finished)));
}

std::string github_group(std::string_view title, std::string_view text, std::string_view token) {
    const std::string_view end = text.empty() || text.ends_with('\n') ? "" : "\n";
    return fmt::format("::group::{}\n::stop-commands::{}\n{}{}::{}::\n::endgroup::\n",
                       command_data(printable(title)), token, text, end, token);
}

}  // namespace maelstrom::ui
