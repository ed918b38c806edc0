#include "ui/text.hpp"

#include "ui/width.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::ui {

namespace {

constexpr std::size_t duration_columns = 8;
constexpr std::size_t label_columns = 16;
constexpr std::size_t count_columns = 9;
constexpr std::size_t narrowest_with_dots = 11;

std::string_view escape_of(Colour colour) {
    switch (colour) {
    case Colour::none:
        return "";
    case Colour::bold:
        return "\x1b[1m";
    case Colour::dim:
        return "\x1b[2m";
    case Colour::red:
        return "\x1b[31m";
    case Colour::green:
        return "\x1b[32m";
    case Colour::yellow:
        return "\x1b[33m";
    case Colour::blue:
        return "\x1b[34m";
    case Colour::white:
        return "\x1b[37m";
    }
    return "";
}

Colour status_colour(Verdict verdict) {
    if (verdict == Verdict::ignored) {
        return Colour::yellow;
    }
    return is_failure(verdict) ? Colour::red : Colour::green;
}

std::string seconds(const std::optional<std::chrono::nanoseconds>& duration) {
    if (!duration) {
        return std::string(duration_columns, ' ');
    }
    const double value = std::chrono::duration<double>(*duration).count();
    return fmt::format("{:>{}}", fmt::format("{:.3f}s", value), duration_columns);
}

void append_lines(std::string& text, std::string_view prefix, std::string_view lines) {
    const std::string clean = util::to_utf8(lines);
    for (const std::string_view line : util::split_lines(clean)) {
        text += prefix;
        text += line;
        text += '\n';
    }
}

std::string row(std::string_view label, std::string_view value) {
    return fmt::format("{:<{}}: {:>{}}\n", label, label_columns, value, count_columns);
}

std::string heading(std::size_t columns, const Painter& paint) {
    constexpr std::string_view title = " Test Summary ";
    const std::size_t side = columns > title.size() ? (columns - title.size()) / 2 : 0;
    const std::string bar(side, '=');
    return fmt::format("\n{}\n", paint(Colour::bold, fmt::format("{}{}{}", bar, title, bar)));
}

std::string padded(std::string_view name, std::size_t columns) {
    const std::size_t width = display_width(name);
    return std::string(name) + std::string(columns > width ? columns - width : 0, ' ');
}

std::string failure_words(const Summary::Failure& failure) {
    return failure.runs > 1 ? fmt::format("{} of {} failed", failure.failed, failure.runs)
                            : std::string("failure");
}

std::string flaky_words(const Summary::Flaky& flaky) {
    std::string words = flaky.runs > 1 ? fmt::format("{} of {} flaky", flaky.flaky, flaky.runs)
                                       : std::string("flaky");
    return words + fmt::format(", {} attempts", flaky.attempts);
}

std::string ignored_words(const Summary::Ignored& ignored, const Painter& paint) {
    const std::string word = paint(Colour::yellow, "ignored");
    return ignored.reason.empty() ? word : fmt::format("{} ({})", word, printable(ignored.reason));
}

/// Names, indented, padded to the longest, each with a word.
template <class List, class Name, class Word>
std::string name_list(const List& list, Name name, Word word) {
    std::size_t longest = 0;
    for (const auto& entry : list) {
        longest = std::max(longest, display_width(printable(name(entry))));
    }
    std::string text;
    for (const auto& entry : list) {
        text += fmt::format("    {}: {}\n", padded(printable(name(entry)), longest), word(entry));
    }
    return text;
}

/// A name, dots, a status and how long it took.
std::string line_with_status(const CaseFinished& finished,
                             const Status& status,
                             std::size_t columns,
                             const Painter& paint) {
    const std::string_view word = status.word;
    const std::string name = printable(finished.name->display);
    const std::string painted = paint(status.colour, word);
    const std::size_t trailer = word.size() + 1 + duration_columns;
    // A cut name needs its mark, one column of itself and a dot.
    if (columns < narrowest_with_dots || columns < trailer + 3) {
        return fmt::format("{} {}\n", paint(Colour::bold, name), painted);
    }
    const std::size_t room = columns - trailer;
    std::string shown = name;
    if (display_width(name) >= room) {
        shown = fmt::format("<{}", last_columns(name, room - 2));
    }
    const std::string dots(room - display_width(shown), '.');
    // How long it takes to skip a test says nothing.
    const auto duration = finished.verdict == Verdict::ignored ? std::nullopt : finished.duration;
    return fmt::format("{}{}{} {}\n", paint(Colour::bold, shown), dots, painted, seconds(duration));
}

}  // namespace

std::string not_run_words(const NotRun& not_run) {
    switch (not_run.kind) {
    case NotRun::Kind::exact:
        return fmt::format("{}", not_run.count);
    case NotRun::Kind::about:
        return fmt::format("~{}", not_run.count);
    case NotRun::Kind::more_than:
        return fmt::format(">{}", not_run.count);
    case NotRun::Kind::unknown:
        break;
    }
    return "unknown";
}

std::string Painter::operator()(Colour colour, std::string_view text) const {
    if (!colour_ || colour == Colour::none || text.empty()) {
        return std::string(text);
    }
    return fmt::format("{}{}\x1b[0m", escape_of(colour), text);
}

std::string_view status_word(Verdict verdict) {
    switch (verdict) {
    case Verdict::passed:
        return "OK";
    case Verdict::failed:
        return "FAIL";
    case Verdict::timed_out:
        return "TIMEOUT";
    case Verdict::errored:
        return "ERR";
    case Verdict::ignored:
        return "IGNORED";
    }
    return "";
}

Status status_of(const CaseFinished& finished) {
    if (finished.flaky && finished.verdict == Verdict::passed) {
        return {"FLAKY", Colour::yellow};
    }
    return {status_word(finished.verdict), status_colour(finished.verdict)};
}

std::string status_line(const CaseFinished& finished, std::size_t columns, const Painter& paint) {
    return line_with_status(finished, status_of(finished), columns, paint);
}

Status attempt_status() {
    return {"RETRY", Colour::yellow};
}

std::string duration_text(const CaseFinished& finished) {
    // How long it takes to skip a test says nothing.
    return seconds(finished.verdict == Verdict::ignored ? std::nullopt : finished.duration);
}

std::string cut_name(std::string_view name, std::size_t columns) {
    if (display_width(name) <= columns) {
        return std::string(name);
    }
    return columns == 0 ? std::string() : fmt::format("<{}", last_columns(name, columns - 1));
}

std::string attempt_line(const AttemptFailed& attempt, std::size_t columns, const Painter& paint) {
    return line_with_status(attempt.result, attempt_status(), columns, paint);
}

std::string attempt_words(const CaseFinished& finished) {
    return finished.attempts > 1
               ? fmt::format("attempt {} of {}", finished.attempt, finished.attempts)
               : std::string();
}

std::string remarks(const CaseFinished& finished) {
    std::string text;
    if (finished.attempts > 1 && (finished.flaky || is_failure(finished.verdict))) {
        text += attempt_words(finished) + "\n";
    }
    append_lines(text, "", finished.detail);
    return text;
}

std::string details(const CaseFinished& finished, const Painter& paint) {
    std::string text = remarks(finished);
    append_lines(text, "", finished.output);
    append_lines(text, paint(Colour::red, "stderr: "), finished.errors);
    if (!finished.hint.empty()) {
        text += paint(Colour::dim, fmt::format("hint: {}", finished.hint)) + "\n";
    }
    return text;
}

std::string summary_text(const Summary& summary, std::size_t columns, const Painter& paint) {
    return heading(columns, paint) + summary_rows(summary, paint);
}

std::string summary_rows(const Summary& summary, const Painter& paint) {
    std::string text = row("Successful Tests", fmt::format("{}", summary.passed));
    text += row("Failed Tests", fmt::format("{}", summary.failed));
    text += name_list(
        summary.failures, [](const Summary::Failure& f) { return f.name->display; },
        [&](const Summary::Failure& f) { return paint(Colour::red, failure_words(f)); });
    if (summary.flaky > 0) {
        text += row("Flaky Tests", fmt::format("{}", summary.flaky));
        text += name_list(
            summary.flaky_cases, [](const Summary::Flaky& f) { return f.name->display; },
            [&](const Summary::Flaky& f) { return paint(Colour::yellow, flaky_words(f)); });
    }
    if (summary.ignored > 0) {
        text += row("Ignored Tests", fmt::format("{}", summary.ignored));
        text += name_list(
            summary.ignored_cases, [](const Summary::Ignored& i) { return i.name->display; },
            [&](const Summary::Ignored& i) { return ignored_words(i, paint); });
    }
    if (summary.not_run) {
        text += row("Tests Not Run", not_run_words(*summary.not_run));
    }
    if (!summary.note.empty()) {
        text += summary.note + "\n";
    }
    return text;
}

}  // namespace maelstrom::ui
