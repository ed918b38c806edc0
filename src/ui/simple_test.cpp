#include "ui/recording_output.hpp"
#include "ui/simple.hpp"
#include "ui/terminal_emulator.hpp"
#include "ui/width.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;

CasePointer shown_as(const std::string& display) {
    return std::make_shared<const CaseName>(CaseName{.display = display});
}

CaseFinished
finished(const std::string& name, Verdict verdict, std::optional<milliseconds> duration) {
    CaseFinished event{.id = RunId{0}, .name = shown_as(name), .verdict = verdict};
    event.duration = duration;
    return event;
}

TEST(SimpleReporter, ShowsARunAsTheSpecificationDrawsIt) {
    RecordingOutput output(64);
    SimpleReporter reporter(output, ShowOutput::failed);
    reporter.on(
        finished("parser-core lexer::tests::empty_input", Verdict::passed, milliseconds(12)));
    CaseFinished failed =
        finished("parser-core lexer::tests::nested_comment", Verdict::failed, milliseconds(1500));
    failed.output = "left: 3, right: 4\n";
    failed.errors = "thread 'lexer::tests::nested_comment' panicked\n";
    reporter.on(failed);
    reporter.on(
        finished("parser-cli end_to_end reads_stdin", Verdict::timed_out, milliseconds(30002)));
    CaseFinished error =
        finished("parser-cli pcli args::tests::help_flag", Verdict::errored, std::nullopt);
    error.detail = "execution error: mount point /data not found";
    reporter.on(error);
    reporter.on(finished("parser-core parser::tests::recovers_from_unbalanced_delimiters_in_macros",
                         Verdict::passed, milliseconds(12250)));
    reporter.on(finished("parser-bench throughput small_file", Verdict::ignored, std::nullopt));
    reporter.on(Summary{
        .passed = 2,
        .failed = 3,
        .ignored = 1,
        .failures = {{.name = shown_as("parser-core lexer::tests::nested_comment")},
                     {.name = shown_as("parser-cli end_to_end reads_stdin")},
                     {.name = shown_as("parser-cli pcli args::tests::help_flag")}},
        .ignored_cases = {{.name = shown_as("parser-bench throughput small_file"), .reason = ""}},
        .not_run = NotRun{.kind = NotRun::Kind::about, .count = 4},
    });

    EXPECT_EQ(output.text(), R"(parser-core lexer::tests::empty_input................OK   0.012s
parser-core lexer::tests::nested_comment...........FAIL   1.500s
left: 3, right: 4
stderr: thread 'lexer::tests::nested_comment' panicked
parser-cli end_to_end reads_stdin...............TIMEOUT  30.002s
parser-cli pcli args::tests::help_flag..............ERR         
execution error: mount point /data not found
<ests::recovers_from_unbalanced_delimiters_in_macros.OK  12.250s
parser-bench throughput small_file..............IGNORED         

========================= Test Summary =========================
Successful Tests:         2
Failed Tests    :         3
    parser-core lexer::tests::nested_comment: failure
    parser-cli end_to_end reads_stdin       : failure
    parser-cli pcli args::tests::help_flag  : failure
Ignored Tests   :         1
    parser-bench throughput small_file: ignored
Tests Not Run   :        ~4
)");
}

TEST(SimpleReporter, FillsTheWidthExactlyWhateverTheNameIsMadeOf) {
    for (const std::string& name :
         {std::string(200, 'x'),
          std::string("日本語のとても長い名前の試験です日本語のとても長い名前の"
                      "試験です日本語のとても長い名前の試験です"),
          std::string("short"), std::string("cafe\u0301")}) {
        const std::string line =
            status_line(finished(name, Verdict::failed, milliseconds(5)), 64, Painter(false));
        EXPECT_EQ(display_width(line), 64U) << line;
    }
}

TEST(SimpleReporter, LeavesOutDotsOnTerminalsTooNarrowForThem) {
    EXPECT_EQ(
        status_line(finished("test_a", Verdict::timed_out, milliseconds(5)), 10, Painter(false)),
        "test_a TIMEOUT\n");
    EXPECT_EQ(
        status_line(finished("test_a", Verdict::timed_out, milliseconds(5)), 14, Painter(false)),
        "test_a TIMEOUT\n");
}

TEST(SimpleReporter, KeepsEmptyLinesAndIndentationOfOutput) {
    CaseFinished failed = finished("t", Verdict::failed, milliseconds(1));
    failed.output = "    def t():\n\n>       assert 0\n";
    failed.errors = "a\n\nb";
    EXPECT_EQ(details(failed, Painter(false)),
              "    def t():\n\n>       assert 0\nstderr: a\nstderr: \nstderr: b\n");
}

TEST(SimpleReporter, ShowsTheOutputOfPassedTestsOnlyWhenAsked) {
    CaseFinished passed = finished("t", Verdict::passed, milliseconds(1));
    passed.output = "hello\n";
    RecordingOutput usual(40);
    SimpleReporter(usual, ShowOutput::failed).on(passed);
    RecordingOutput all(40);
    SimpleReporter(all, ShowOutput::all).on(passed);
    EXPECT_THAT(usual.text(), Not(HasSubstr("hello")));
    EXPECT_THAT(all.text(), HasSubstr("hello"));
}

TEST(SimpleReporter, PrintsAListingAsNamesAlone) {
    RecordingOutput output(40);
    SimpleReporter reporter(output, ShowOutput::failed);
    reporter.on(RunStarted{.program = "maelstrom-pytest", .listing = true});
    reporter.on(PhaseChanged{"collecting"});
    reporter.on(CaseListed{shown_as("a.py::test_x")});
    reporter.tick(steady_clock::time_point{} + milliseconds(100));
    ASSERT_TRUE(reporter.finish());
    EXPECT_EQ(output.text(), "a.py::test_x\n");
}

TEST(SimpleReporter, RedrawsItsLiveLinesAtMostTwentyTimesASecond) {
    RecordingOutput output(40);
    output.become_terminal(24);
    SimpleReporter reporter(output, ShowOutput::failed);
    const steady_clock::time_point start{};
    reporter.on(PhaseChanged{"collecting"});
    reporter.tick(start);
    EXPECT_EQ(output.take(), "⠋ collecting…\n");

    reporter.on(finished("a", Verdict::passed, milliseconds(1)));
    reporter.tick(start + milliseconds(49));
    EXPECT_EQ(output.take(), "");
    reporter.tick(start + milliseconds(50));
    EXPECT_THAT(output.take(),
                ::testing::StartsWith("\r\x1b[1A\x1b[Ja............................OK   0.001s\n"));
}

TEST(SimpleReporter, WritesNothingWhileNothingChanges) {
    RecordingOutput output(40);
    output.become_terminal(24);
    SimpleReporter reporter(output, ShowOutput::failed);
    reporter.on(PhaseChanged{"collecting"});
    reporter.tick(steady_clock::time_point{});
    output.take();
    reporter.tick(steady_clock::time_point{} + milliseconds(60));
    EXPECT_EQ(output.take(), "");
}

TEST(SimpleReporter, TakesTheLiveLinesAwayBeforeTheSummary) {
    RecordingOutput output(40);
    output.become_terminal(24);
    SimpleReporter reporter(output, ShowOutput::failed);
    reporter.on(PhaseChanged{"collecting"});
    reporter.tick(steady_clock::time_point{});
    output.take();
    reporter.on(Summary{.passed = 1});
    reporter.tick(steady_clock::time_point{} + milliseconds(500));
    EXPECT_EQ(output.take(), "\r\x1b[1A\x1b[J\n"
                             "============= Test Summary =============\n"
                             "Successful Tests:         1\n"
                             "Failed Tests    :         0\n");
}

TEST(SimpleReporter, NeverDrawsMoreLiveLinesThanTheTerminalHasRows) {
    RecordingOutput output(60);
    output.become_terminal(3);
    SimpleReporter reporter(output, ShowOutput::failed);
    reporter.on(PhaseChanged{"collecting"});
    reporter.on(TotalExpected{5});
    reporter.tick(steady_clock::time_point{});
    const std::string frame = output.take();
    EXPECT_EQ(std::ranges::count(frame, '\n'), 2);
}

/// At every width the lines below go away without a trace.
TEST(SimpleReporter, LeavesOnlyTextBehindOnTerminalsOfAnySize) {
    for (std::size_t columns = 1; columns < 30; ++columns) {
        for (const std::size_t rows : {1U, 3U, 5U, 24U}) {
            TerminalEmulator terminal(rows, columns);
            SimpleReporter reporter(terminal, ShowOutput::failed);
            reporter.on(PhaseChanged{"collecting"});
            reporter.on(TotalExpected{3});
            steady_clock::time_point now;
            std::string expected;
            for (const char* name : {"tests/test_a.py::test_long_name", "日本語", "x"}) {
                const CaseFinished one = finished(name, Verdict::passed, milliseconds(12));
                reporter.tick(now += milliseconds(100));
                reporter.on(one);
                expected += status_line(one, columns, Painter(false));
            }
            reporter.tick(now += milliseconds(100));
            ASSERT_TRUE(reporter.finish());
            TerminalEmulator plain(rows, columns);
            plain.write(expected);
            ASSERT_EQ(terminal.everything(), plain.everything()) << columns << " × " << rows;
            ASSERT_EQ(terminal.complaints(), plain.complaints());
        }
    }
}

TEST(SimpleReporter, ColoursOnlyWhereAsked) {
    RecordingOutput output(30);
    output.use_colour();
    SimpleReporter(output, ShowOutput::failed).on(finished("a", Verdict::failed, milliseconds(1)));
    EXPECT_EQ(output.text(), "\x1b[1ma\x1b[0m................\x1b[31mFAIL\x1b[0m   0.001s\n");
}

TEST(SimpleReporter, ShowsEachAttemptAndWhatTheLastOneMade) {
    RecordingOutput output(40);
    SimpleReporter reporter(output, ShowOutput::failed);
    CaseFinished first = finished("a", Verdict::failed, milliseconds(1));
    first.attempts = 3;
    first.output = "boom\n";
    reporter.on(AttemptFailed{first});
    CaseFinished second = finished("a", Verdict::passed, milliseconds(2));
    second.attempt = 2;
    second.attempts = 3;
    second.flaky = true;
    reporter.on(second);
    EXPECT_EQ(output.text(), "a.........................RETRY   0.001s\n"
                             "attempt 1 of 3\n"
                             "boom\n"
                             "a.........................FLAKY   0.002s\n"
                             "attempt 2 of 3\n");
}

TEST(SummaryText, ListsFlakyTestsAndWhyTestsWereIgnored) {
    const Summary summary{
        .passed = 2,
        .ignored = 1,
        .flaky = 1,
        .ignored_cases = {{.name = shown_as("b"), .reason = "needs\ndocker"}},
        .flaky_cases = {{.name = shown_as("a"), .attempts = 3}},
    };
    EXPECT_THAT(summary_text(summary, 40, Painter(false)),
                HasSubstr("Flaky Tests     :         1\n"
                          "    a: flaky, 3 attempts\n"
                          "Ignored Tests   :         1\n"
                          "    b: ignored (needs\\ndocker)\n"));
}

TEST(SummaryText, FoldsTheRunsOfARepeatedCase) {
    const Summary summary{.failed = 3,
                          .failures = {{.name = shown_as("a"), .failed = 3, .runs = 50}}};
    EXPECT_THAT(summary_text(summary, 40, Painter(false)), HasSubstr("    a: 3 of 50 failed\n"));
}

TEST(SummaryText, FitsVeryNarrowTerminals) {
    EXPECT_THAT(summary_text(Summary{}, 5, Painter(false)), HasSubstr("\n Test Summary \n"));
}

TEST(Terminal, CanMoveItsCursorUnlessItIsDumb) {
    EXPECT_TRUE(moves_cursor("xterm-256color"));
    EXPECT_FALSE(moves_cursor("dumb"));
    EXPECT_FALSE(moves_cursor(""));
}

TEST(SimpleReporter, KeepsLogMessagesApartWhereOutputIsPiped) {
    RecordingOutput output(40);
    SimpleReporter(output, ShowOutput::failed)
        .on(LogWritten{.level = util::log::Level::warning, .text = "careful"});
    EXPECT_EQ(output.text(), "");
    EXPECT_EQ(output.log(), "warning: careful\n");
}

TEST(Colour, FollowsTheEnvironment) {
    EXPECT_TRUE(wants_colour({}, true));
    EXPECT_FALSE(wants_colour({}, false));
    EXPECT_FALSE(wants_colour({.no_color = "1"}, true));
    EXPECT_FALSE(wants_colour({.clicolor = "0"}, true));
    EXPECT_TRUE(wants_colour({.clicolor_force = "1"}, false));
    EXPECT_FALSE(wants_colour({.no_color = "1", .clicolor_force = "1"}, true));
}

}  // namespace
}  // namespace maelstrom::ui
