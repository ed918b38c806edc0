#include "ui/github.hpp"

#include "sys/file.hpp"
#include "ui/text.hpp"
#include "ui/width.hpp"
#include "ui/wrap.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>

namespace maelstrom::ui {

namespace {

/// GitHub shows so many of one step.
constexpr std::size_t most_annotations = 10;
constexpr std::size_t most_in_full = 50;
constexpr std::size_t slowest_tests = 10;
/// Of what GitHub takes (1 MiB for a step, which may have other commands).
constexpr std::size_t summary_limit = 1'000'000;
constexpr std::size_t excerpt_head = 15;
constexpr std::size_t excerpt_tail = 45;
constexpr std::size_t excerpt_bytes = 30'000;
constexpr std::size_t excerpt_columns = 300;
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
    const std::string whole =
        file.starts_with('/') || project.empty() ? file : fmt::format("{}/{}", project, file);
    if (!workspace.empty() && whole.starts_with(workspace) && whole.size() > workspace.size() &&
        whole[workspace.size()] == '/') {
        return whole.substr(workspace.size() + 1);
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

std::string first_words(const CaseFinished& finished) {
    const std::string& text = !finished.message.empty()  ? finished.message
                              : !finished.detail.empty() ? finished.detail
                                                         : finished.output;
    const auto lines = wrapped(text.substr(0, 2 * message_limit), 2 * message_limit, false);
    const std::string clean = fmt::format("{}", fmt::join(lines, "\n"));
    return clean.empty() ? std::string(status_word(finished.verdict))
                         : util::to_utf8(clean.substr(0, message_limit));
}

std::string html(std::string_view text) {
    std::string escaped;
    for (const char c : printable(text)) {
        switch (c) {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '|':  // the end of a table's cell
            escaped += "&#124;";
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

/// The beginning and the end of what a test said, without control sequences.
std::string excerpt(const CaseFinished& finished) {
    std::string text = details(finished, Painter(false));
    if (text.size() > 2 * excerpt_bytes) {
        text.replace(excerpt_bytes, text.size() - 2 * excerpt_bytes, "\n[…]\n");
    }
    const std::vector<std::string> lines = wrapped(text, excerpt_columns, false);
    if (lines.size() <= excerpt_head + excerpt_tail) {
        return fmt::format("{}", fmt::join(lines, "\n"));
    }
    const auto head = lines.begin() + excerpt_head;
    const auto tail = lines.end() - excerpt_tail;
    return fmt::format("{}\n[… {} lines left out …]\n{}", fmt::join(lines.begin(), head, "\n"),
                       tail - head, fmt::join(tail, lines.end(), "\n"));
}

/// Longer than any run of back quotes inside.
std::string fence_for(std::string_view text) {
    std::size_t longest = 2;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return std::string(longest + 1, '`');
}

std::string failure_block(const CaseFinished& finished) {
    const std::string text = excerpt(finished);
    const std::string fence = fence_for(text);
    const std::string message = first_words(finished);
    return fmt::format(
        "<details><summary><code>{}</code> {}</summary>\n\n{}text\n{}\n{}\n\n</details>\n\n",
        html(finished.name->display), html(message.substr(0, message.find('\n'))), fence, text,
        fence);
}

std::string counts_table(const Summary& summary) {
    std::string not_run = "0";
    if (summary.not_run) {
        not_run = not_run_words(*summary.not_run);
    }
    return fmt::format("| passed | failed | flaky | ignored | not run | time |\n"
                       "|--:|--:|--:|--:|--:|--:|\n"
                       "| {} | {} | {} | {} | {} | {:.1f} s |\n\n",
                       summary.passed, summary.failed, summary.flaky, summary.ignored,
                       html(not_run), std::chrono::duration<double>(summary.duration).count());
}

/// Appends pieces as long as they fit.
class Bounded {
public:
    explicit Bounded(std::size_t limit) : limit_(limit) {}
    bool add(std::string_view piece) {
        if (text_.size() + piece.size() > limit_) {
            return false;
        }
        text_ += piece;
        return true;
    }
    std::string take() { return std::move(text_); }

private:
    std::size_t limit_;
    std::string text_;
};

constexpr std::size_t room_for_note = 100;

void add_failures(Bounded& text,
                  const Summary& summary,
                  const std::vector<CaseFinished>& failures) {
    if (summary.failures.empty()) {
        return;
    }
    text.add("#### Failed\n\n");
    std::size_t shown = 0;
    while (shown < failures.size() && text.add(failure_block(failures[shown]))) {
        ++shown;
    }
    if (summary.failed > shown) {
        text.add(fmt::format("… and {} more.\n\n", summary.failed - shown));
    }
}

void add_flaky(Bounded& text, const Summary& summary) {
    if (summary.flaky_cases.empty()) {
        return;
    }
    text.add("#### Flaky\n\n| test | attempts |\n|---|--:|\n");
    for (const Summary::Flaky& flaky : summary.flaky_cases) {
        text.add(
            fmt::format("| <code>{}</code> | {} |\n", html(flaky.name->display), flaky.attempts));
    }
    text.add("\n");
}

void add_slowest(Bounded& text, const Slowest& slowest) {
    if (slowest.entries().empty()) {
        return;
    }
    text.add("#### Slowest\n\n| test | time | used |\n|---|--:|---|\n");
    for (const Slowest::Entry& entry : slowest.entries()) {
        text.add(fmt::format("| <code>{}</code> | {:.3f} s | {} |\n", html(entry.name->display),
                             std::chrono::duration<double>(entry.duration).count(),
                             usage_text(entry.usage)));
    }
    text.add("\n");
}

std::size_t size_of(const std::string& path) {
    const auto status = sys::fstatat(AT_FDCWD, path);
    return status ? static_cast<std::size_t>(status->st_size) : 0;
}

}  // namespace

GithubReporter::GithubReporter(Output& output, GithubSettings settings)
    : output_(output), settings_(std::move(settings)), slowest_(slowest_tests) {
}

void GithubReporter::on(const Event& event) {
    std::visit(Overloaded{
                   [&](const RunStarted& started) {
                       program_ = started.program;
                       project_ = started.project;
                   },
                   [&](const CaseFinished& finished) {
                       slowest_.add(finished);
                       if (is_failure(finished.verdict) && failures_.size() < most_in_full) {
                           failures_.push_back(finished);
                       }
                   },
                   [&](const Summary& summary) { summary_ = summary; },
                   [](const auto&) {},
               },
               event);
}

void GithubReporter::tick(std::chrono::steady_clock::time_point /*now*/) {
}

util::Result<void> GithubReporter::finish() {
    if (!summary_) {
        return {};
    }
    const std::size_t annotated = std::min(failures_.size(), most_annotations);
    for (std::size_t i = 0; i < annotated; ++i) {
        output_.write(github_error(failures_[i], project_, settings_.workspace));
    }
    if (summary_->failed > annotated) {
        output_.write(fmt::format("GitHub shows {} annotations of a step: {} more failures are in "
                                  "the log and in the step's summary.\n",
                                  most_annotations, summary_->failed - annotated));
    }
    if (settings_.summary_path.empty()) {
        return {};
    }
    const std::size_t used = size_of(settings_.summary_path);
    const std::size_t limit = used < summary_limit ? summary_limit - used : 0;
    const sys::Fd file = TRY(sys::open(settings_.summary_path, O_WRONLY | O_CREAT | O_APPEND, 0666),
                             "writing the step's summary for GitHub");
    return sys::write_all(file, github_summary(program_, *summary_, failures_, slowest_, limit));
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

std::string github_summary(std::string_view program,
                           const Summary& summary,
                           const std::vector<CaseFinished>& failures,
                           const Slowest& slowest,
                           std::size_t limit) {
    Bounded text(limit > room_for_note ? limit - room_for_note : 0);
    text.add(fmt::format("### {} {}\n\n", summary.exit_code == 0 ? "✅" : "❌", html(program)));
    text.add(counts_table(summary));
    if (!summary.note.empty()) {
        text.add(html(summary.note) + "\n\n");
    }
    add_failures(text, summary, failures);
    add_flaky(text, summary);
    add_slowest(text, slowest);
    return text.take();
}

}  // namespace maelstrom::ui
