#include "ui/github_summary.hpp"

#include "ui/github_commands.hpp"
#include "ui/text.hpp"
#include "ui/width.hpp"
#include "ui/wrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace maelstrom::ui {

namespace {

constexpr std::size_t excerpt_head = 15;
constexpr std::size_t excerpt_tail = 45;
constexpr std::size_t excerpt_bytes = 30'000;
constexpr std::size_t excerpt_columns = 300;

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

}  // namespace

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
