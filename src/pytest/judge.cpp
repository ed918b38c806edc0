#include "pytest/judge.hpp"

#include "pytest/hints.hpp"
#include "pytest/report.hpp"
#include "pytest/text.hpp"
#include "runner/verdict.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <optional>

namespace maelstrom::pytest {

namespace {

using runner::Hint;
using runner::Judgement;
using ui::Verdict;

// pytest's exit codes.
constexpr int interrupted = 2;
constexpr int internal_error = 3;
constexpr int usage_error = 4;

void decide(Judgement& judgement, Verdict verdict, std::string detail) {
    judgement.finished.verdict = verdict;
    judgement.finished.detail = std::move(detail);
    judgement.exit_code = ui::is_failure(verdict) ? 1 : 0;
}

std::string unfinished_detail(int exit_code) {
    switch (exit_code) {
    case interrupted:
        return "interrupted";
    case internal_error:
        return "pytest internal error";
    default:
        return fmt::format("pytest ended with exit status {} before the test had", exit_code);
    }
}

/// A process that left without a word: `os._exit`, or pytest did not get as far as the test; or its
/// word was lost.
void judge_silent(Judgement& judgement, int exit_code, std::uint64_t dropped) {
    if (exit_code == usage_error) {
        decide(judgement, Verdict::errored, "pytest refused its arguments");
    } else if (dropped > 0) {
        decide(judgement, Verdict::errored,
               fmt::format("the test's report is missing: {} bytes of what its process reported "
                           "were left out; raise inline-limit to keep them",
                           dropped));
    } else {
        decide(judgement, Verdict::failed,
               fmt::format("the test's process ended by itself with exit status {}", exit_code));
    }
}

void judge_report(Judgement& judgement, const TestReport& report, int exit_code) {
    switch (report.outcome) {
    case Outcome::passed:
        decide(judgement, Verdict::passed, "");
        break;
    case Outcome::xpassed:
        decide(judgement, Verdict::passed, "");
        judgement.finished.expectation = ui::Expectation::passed_unexpectedly;
        break;
    case Outcome::xfailed:
        decide(judgement, Verdict::passed, "");
        judgement.finished.expectation = ui::Expectation::failed_as_expected;
        break;
    case Outcome::failed:
        decide(judgement, Verdict::failed, "");
        break;
    case Outcome::error:
        decide(judgement, Verdict::failed, "");
        judgement.finished.in_fixture = true;
        break;
    case Outcome::skipped:
        decide(judgement, Verdict::ignored, "");
        break;
    case Outcome::deselected:
        decide(judgement, Verdict::ignored, "left out by pytest's arguments");
        break;
    case Outcome::lost:
        decide(judgement, Verdict::errored, "pytest could not find this test in the container");
        break;
    case Outcome::unfinished:
        if (exit_code == usage_error) {
            decide(judgement, Verdict::errored, "pytest refused its arguments");
        } else {
            decide(judgement, Verdict::failed, unfinished_detail(exit_code));
        }
        break;
    }
}

/// The test passed and yet pytest is not content: a check over the whole session. It does not
/// concern the one test.
std::optional<Hint> session_hint(const Judgement& judgement, int exit_code) {
    if (judgement.finished.verdict != Verdict::passed || exit_code != 1) {
        return std::nullopt;
    }
    return Hint{"session-status",
                "pytest ended with status 1 although the test passed: a check over the whole "
                "session, which a plugin makes, means nothing for one test alone"};
}

/// A process that has ended, and what that would mean if nobody knew of pytest.
struct Process {
    const job::Completed& completed;
    Judgement plainly;
    bool no_pytest = false;

    const job::Exited* exited() const { return std::get_if<job::Exited>(&completed.status); }
};

/// `printed`: past pytest.
void take_texts(Judgement& judgement,
                const TestReport& report,
                const std::string& printed,
                bool shared) {
    ui::CaseFinished& finished = judgement.finished;
    finished.message = report.message;
    if (!report.crash_file.empty()) {
        finished.place = ui::Place{.file = report.crash_file,
                                   .line = static_cast<std::uint32_t>(report.crash_line)};
    }
    finished.captured_output = printed + report.captured_output;
    finished.captured_errors = report.captured_errors;
    finished.properties = report.properties;
    if (report.duration) {
        finished.duration = report.duration;
    }
    if (ui::is_failure(finished.verdict)) {
        // What a process printed for several tests is nobody's.
        finished.output =
            shared ? printed + failure_text(report) : strip_framing(finished.output, printed);
    } else {
        finished.output = finished.captured_output;
        finished.errors = report.captured_errors;
    }
}

/// All that was printed went to standard error, in its order; standard output is the channel.
Judgement judge_without_channel(const job::Result& result) {
    Judgement judgement = runner::judge_plainly(result);
    judgement.finished.output = std::exchange(judgement.finished.errors, {});
    return judgement;
}

void look_further(Judgement& judgement, const JudgeContext& context) {
    if (!ui::is_failure(judgement.finished.verdict)) {
        return;
    }
    judgement.hint = failure_hint(
        judgement.finished.output,
        {.python = context.python, .variables_left_outside = context.variables_left_outside});
    judgement.again = context.collected == Collected::own_items &&
                      judgement.finished.verdict != Verdict::timed_out;
}

/// A test that was reported on, in a process that went on after it or ended well.
Judgement judge_one(const Process& process,
                    const TestReport& report,
                    const std::string& printed,
                    bool shared,
                    const JudgeContext& context) {
    Judgement judgement = process.plainly;
    const int exit_code = process.exited() == nullptr ? 0 : process.exited()->code;
    judge_report(judgement, report, exit_code);
    take_texts(judgement, report, printed, shared);
    if (!shared) {
        judgement.hint = session_hint(judgement, exit_code);
    }
    look_further(judgement, context);
    return judgement;
}

/// What the test that was running has printed: pytest could not report it any more.
void take_held_back(ui::CaseFinished& finished,
                    const job::Completed& completed,
                    const Captured& so_far) {
    finished.captured_output = so_far.output + runner::text_of(completed.held_back_output);
    finished.captured_errors = so_far.errors + runner::text_of(completed.held_back_errors);
    add_captured(finished.output, finished.captured_output, finished.captured_errors);
}

/// The test at which a process ended that should not have.
Judgement judge_end(const Process& process,
                    const TestReports& reports,
                    std::size_t place,
                    const JudgeContext& context) {
    Judgement judgement = process.plainly;
    if (process.no_pytest) {
        decide(judgement, Verdict::errored,
               fmt::format("pytest is not importable by {}", context.python));
    } else if (process.exited() != nullptr) {
        judge_silent(judgement, process.exited()->code, process.completed.standard_output.dropped);
    }
    Captured so_far;
    if (const auto found = reports.by_place.find(place); found != reports.by_place.end()) {
        const TestReport& report = found->second;
        judgement.finished.message = report.message;
        judgement.finished.duration = report.duration;
        so_far = {.output = report.captured_output, .errors = report.captured_errors};
    } else if (const auto phases = reports.so_far.find(place); phases != reports.so_far.end()) {
        so_far = phases->second;
    }
    take_held_back(judgement.finished, process.completed, so_far);
    look_further(judgement, context);
    return judgement;
}

/// Whose fault it is that the process ended; nobody's where all is well.
std::size_t culprit_of(const Process& process, const TestReports& reports, std::size_t count) {
    // One at least gets its verdict, or the same would come again and again.
    const bool somebody_ran = !reports.by_place.empty() && reports.by_place.begin()->first < count;
    if (reports.stopped && somebody_ran && process.exited() != nullptr) {
        return count;
    }
    for (std::size_t place = 0; place < count; ++place) {
        if (!reports.by_place.contains(place)) {
            return place;
        }
    }
    return process.exited() == nullptr ? count - 1 : count;
}

void take_coverage(const TestReports& reports,
                   const job::Completed& completed,
                   Coverage& coverage) {
    for (const util::Value& measured : reports.coverage) {
        coverage.add(measured);
    }
    if (!reports.coverage_lost.empty()) {
        coverage.miss(reports.coverage_lost);
    } else if (reports.coverage.empty() && completed.standard_output.dropped > 0) {
        coverage.miss("it was more than inline-limit");
    }
}

}  // namespace

std::vector<Judgement>
judge(const job::Result& result, std::size_t count, const JudgeContext& context) {
    const auto* completed = std::get_if<job::Completed>(&result);
    if (completed == nullptr) {
        Judgement judgement = runner::judge_plainly(result);
        // Its fork point has died: a process of its own does as well.
        judgement.again = context.collected == Collected::in_fork_point;
        return std::vector<Judgement>(count, judgement);
    }
    const TestReports reports = parse_test_reports(runner::text_of(completed->standard_output));
    if (context.coverage != nullptr) {
        take_coverage(reports, *completed, *context.coverage);
    }
    Judgement plainly = judge_without_channel(result);
    std::map<std::size_t, std::string> printed = take_marks(plainly.finished.output);
    const Process process{*completed, std::move(plainly), reports.no_pytest};
    const std::size_t culprit = culprit_of(process, reports, count);
    std::vector<Judgement> judgements;
    for (std::size_t place = 0; place < count; ++place) {
        const auto report = reports.by_place.find(place);
        if (place == culprit) {
            judgements.push_back(judge_end(process, reports, place, context));
        } else if (report == reports.by_place.end()) {
            judgements.push_back({.unreached = true});
        } else {
            judgements.push_back(
                judge_one(process, report->second, printed[place], count > 1, context));
        }
    }
    return judgements;
}

runner::Judgement judge(const job::Result& result, const JudgeContext& context) {
    return std::move(judge(result, 1, context).front());
}

}  // namespace maelstrom::pytest
