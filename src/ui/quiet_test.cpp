#include "ui/quiet.hpp"
#include "ui/recording_output.hpp"
#include "ui/terminal_emulator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

CaseFinished failure() {
    CaseFinished finished{.id = RunId{0},
                          .name = std::make_shared<const CaseName>(CaseName{.display = "t"}),
                          .verdict = Verdict::failed};
    finished.output = "why\n";
    return finished;
}

TEST(QuietReporter, ShowsOnlyTheSummaryAndThenWhyTestsFailed) {
    RecordingOutput output(40);
    QuietReporter reporter(output, std::nullopt);
    reporter.on(failure());
    EXPECT_EQ(output.take(), "");
    reporter.on(Summary{.failed = 1, .failures = {{.name = failure().name}}});
    reporter.on(CollectionOutput{"ERROR a.py"});
    ASSERT_TRUE(reporter.finish());
    EXPECT_EQ(output.text(), "\n============= Test Summary =============\n"
                             "Successful Tests:         0\n"
                             "Failed Tests    :         1\n"
                             "    t: failure\n"
                             "\n"
                             "t..........................FAIL         \n"
                             "why\n"
                             "ERROR a.py\n");
}

TEST(QuietReporter, DrawsOneBarOnATerminalAndTakesItAway) {
    RecordingOutput output(60);
    output.become_terminal(24);
    QuietReporter reporter(output, std::nullopt);
    reporter.on(TotalExpected{2});
    reporter.on(failure());
    reporter.tick({});
    EXPECT_EQ(output.take(), "################----------------- 1/2 tests\n");
    reporter.on(Summary{});
    EXPECT_THAT(output.take(), ::testing::StartsWith("\r\x1b[1A\x1b[J\n="));
}

TEST(QuietReporter, DoesNotSwallowWarningsAndErrors) {
    RecordingOutput output(40);
    QuietReporter reporter(output, std::nullopt);
    reporter.on(LogWritten{util::log::Level::info, "hidden"});
    reporter.on(LogWritten{util::log::Level::warning, "seen"});
    EXPECT_EQ(output.log(), "warning: seen\n");
}

TEST(QuietReporter, CutsItsBarOnNarrowTerminals) {
    for (std::size_t columns = 1; columns < 40; ++columns) {
        TerminalEmulator terminal(4, columns);
        QuietReporter reporter(terminal, std::nullopt);
        reporter.on(TotalExpected{10});
        for (int i = 0; i < 3; ++i) {
            reporter.on(failure());
            reporter.tick(std::chrono::steady_clock::time_point{} + std::chrono::seconds(i));
        }
        EXPECT_EQ(terminal.row(1), "") << columns;
        reporter.on(Summary{.failed = 3});
        EXPECT_THAT(terminal.everything(), ::testing::Not(::testing::HasSubstr("/10")));
        EXPECT_THAT(terminal.complaints(), ::testing::IsEmpty());
    }
}

}  // namespace
}  // namespace maelstrom::ui
