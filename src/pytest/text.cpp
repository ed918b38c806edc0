#include "pytest/text.hpp"

#include "util/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace maelstrom::pytest {

namespace {

/// Without colour sequences.
std::string plain(std::string_view line) {
    std::string result;
    while (!line.empty()) {
        const std::size_t escape = std::min(line.find("\x1b["), line.size());
        result += line.substr(0, escape);
        line.remove_prefix(escape);
        const std::size_t end = line.find('m');
        line.remove_prefix(line.empty()                    ? 0
                           : end == std::string_view::npos ? line.size()
                                                           : end + 1);
    }
    return result;
}

/// "===== title =====".
bool is_heading(std::string_view line, std::string_view title) {
    const std::string text = plain(line);
    const std::size_t first = text.find_first_not_of('=');
    const std::size_t last = text.find_last_not_of('=');
    return text.starts_with('=') && text.ends_with('=') && first != std::string::npos &&
           std::string_view(text).substr(first, last - first + 1) == title;
}

/// Of a failure's title: more than the test's name, which stands above already. "T.test (i=1)",
/// "test [message]" are sub-tests.
bool says_which_part(std::string_view title) {
    const std::string text = plain(title);
    return text.contains(" (") || text.contains(" [") || text.contains(" ERROR at teardown of ");
}

using Lines = std::vector<std::string_view>;

std::string joined(Lines::const_iterator first, Lines::const_iterator last) {
    std::string text;
    for (; first != last; ++first) {
        text += *first;
        text += '\n';
    }
    return text;
}

std::string replaced(std::string text, char from, char to) {
    std::ranges::replace(text, from, to);
    return text;
}

}  // namespace

std::string strip_framing(std::string_view output, std::string_view printed) {
    const Lines lines = util::split_lines(output);
    const auto failures = std::ranges::find_if(lines, [](std::string_view line) {
        return is_heading(line, " FAILURES ") || is_heading(line, " ERRORS ");
    });
    auto first = lines.begin();
    std::string text;
    if (failures != lines.end()) {
        text = printed;
        first = failures + std::min<std::ptrdiff_t>(1, lines.end() - failures);
        first += first != lines.end() && !says_which_part(*first) ? 1 : 0;
    }
    auto last = lines.end();
    for (auto line = lines.end(); line != first;) {
        if (is_heading(*--line, " short test summary info ")) {
            last = line;
            break;
        }
    }
    return text + joined(first, last);
}

std::map<std::size_t, std::string> take_marks(std::string& output) {
    constexpr std::string_view mark = "\x1emaelstrom ";
    std::map<std::size_t, std::string> printed;
    std::string rest;
    std::string* current = nullptr;
    std::string_view left = output;
    while (true) {
        const std::size_t at = std::min(left.find(mark), left.size());
        rest += left.substr(0, at);
        if (current != nullptr) {
            *current += left.substr(0, at);
        }
        left.remove_prefix(at);
        const std::size_t end = left.find('\x1e', 1);
        if (end == std::string_view::npos) {
            rest += left;
            break;
        }
        std::size_t place = 0;
        const bool begins =
            std::from_chars(left.data() + mark.size(), left.data() + end, place).ec == std::errc();
        current = begins ? &printed[place] : nullptr;
        left.remove_prefix(end + 1);
    }
    output = std::move(rest);
    return printed;
}

std::string failure_text(const TestReport& report) {
    std::string text = report.text;
    add_captured(text, report.captured_output, report.captured_errors);
    return text;
}

void add_captured(std::string& text, const std::string& output, const std::string& errors) {
    const auto add = [&](std::string_view heading, const std::string& captured) {
        if (!captured.empty()) {
            const std::string_view end = text.empty() || text.ends_with('\n') ? "" : "\n";
            text += fmt::format("{}{:-^80}\n{}", end, heading, captured);
        }
    };
    add(" Captured stdout ", output);
    add(" Captured stderr ", errors);
}

ui::CaseName case_name(const std::string& node_id) {
    // Brackets enclose parameters, which may contain anything.
    const std::size_t bracket = std::min(node_id.find('['), node_id.size());
    const std::string path = node_id.substr(0, bracket);
    const std::size_t colons = std::min(path.find("::"), path.size());
    ui::CaseName name{.display = node_id, .file = path.substr(0, colons)};
    std::string suite = replaced(name.file, '/', '.');
    if (suite.ends_with(".py")) {
        suite.resize(suite.size() - 3);
    }
    if (colons == path.size()) {
        name.name = std::move(suite);  // a whole file: skipped, for example
        return name;
    }
    std::string rest = path.substr(colons + 2);
    for (std::size_t next = rest.find("::"); next != std::string::npos; next = rest.find("::")) {
        suite += '.';
        suite.append(rest, 0, next);
        rest.erase(0, next + 2);
    }
    name.suite = std::move(suite);
    name.name = rest + node_id.substr(bracket);
    return name;
}

}  // namespace maelstrom::pytest
