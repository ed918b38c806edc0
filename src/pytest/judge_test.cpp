#include "pytest/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace maelstrom::pytest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ui::Expectation;
using ui::Verdict;

job::Result ended(job::Status status, const std::string& channel, const std::string& printed = "") {
    return job::Completed{.status = status,
                          .standard_output = {.head = channel},
                          .standard_error = {.head = printed}};
}

job::Result reported(int exit_code, const std::string& outcome, const std::string& printed = "") {
    return ended(job::Exited{exit_code},
                 R"({"outcome": ")" + outcome +
                     R"(", "message": "m", "text": "", "out": "said\n", "err": ""})" + "\n",
                 printed);
}

TEST(PytestJudge, GivesTheVerdictThatPytestGives) {
    const auto verdict = [](int exit_code, const char* outcome) {
        return judge(reported(exit_code, outcome), {}).finished.verdict;
    };
    EXPECT_EQ(verdict(0, "passed"), Verdict::passed);
    EXPECT_EQ(verdict(1, "failed"), Verdict::failed);
    EXPECT_EQ(verdict(1, "error"), Verdict::failed);
    EXPECT_EQ(verdict(0, "skipped"), Verdict::ignored);
    EXPECT_EQ(verdict(0, "xfailed"), Verdict::passed);
    EXPECT_EQ(verdict(0, "xpassed"), Verdict::passed);
    EXPECT_EQ(verdict(5, "deselected"), Verdict::ignored);
    EXPECT_EQ(verdict(5, "lost"), Verdict::errored);
}

TEST(PytestJudge, TellsHowATestPassedAndWhereItFailed) {
    EXPECT_EQ(judge(reported(0, "xfailed"), {}).finished.expectation,
              Expectation::failed_as_expected);
    EXPECT_EQ(judge(reported(0, "xpassed"), {}).finished.expectation,
              Expectation::passed_unexpectedly);
    EXPECT_TRUE(judge(reported(1, "error"), {}).finished.in_fixture);
    EXPECT_EQ(judge(reported(1, "failed"), {}).exit_code, 1);
}

TEST(PytestJudge, ShowsTheStrippedOutputOfFailures) {
    const runner::Judgement judgement =
        judge(reported(1, "failed", "=== FAILURES ===\n___ t ___\nE  why\n"), {});
    EXPECT_EQ(judgement.finished.output, "E  why\n");
    EXPECT_EQ(judgement.finished.errors, "");
    EXPECT_EQ(judgement.finished.message, "m");
    EXPECT_EQ(judgement.finished.captured_output, "said\n");
}

TEST(PytestJudge, FailsATestWhoseProcessLeftWithoutAReport) {
    const runner::Judgement judgement = judge(ended(job::Exited{0}, ""), {});
    EXPECT_EQ(judgement.finished.verdict, Verdict::failed);
    EXPECT_EQ(judgement.finished.detail, "the test's process ended by itself with exit status 0");
}

TEST(PytestJudge, SaysWhereTheReportWasTooLong) {
    job::Result result = ended(job::Exited{0}, R"({"outcome": "passed", "properties": [{"na)");
    std::get<job::Completed>(result).standard_output.dropped = 12;
    const runner::Judgement judgement = judge(result, {});
    EXPECT_EQ(judgement.finished.verdict, Verdict::errored);
    EXPECT_EQ(judgement.finished.detail,
              "the test's report is missing: 12 bytes of what its process reported were left out; "
              "raise inline-limit to keep them");
}

TEST(PytestJudge, FailsATestThatKilledItself) {
    const runner::Judgement judgement = judge(ended(job::Signaled{SIGABRT}, "", "Aborted\n"), {});
    EXPECT_EQ(judgement.finished.verdict, Verdict::failed);
    EXPECT_EQ(judgement.finished.detail, "killed by SIGABRT (6)");
    EXPECT_EQ(judgement.finished.output, "Aborted\n");
}

TEST(PytestJudge, ShowsWhatPytestHadCapturedOfATestThatWasKilled) {
    job::Completed killed{.status = job::TimedOut{std::chrono::seconds(3)},
                          .standard_error = {.head = "past pytest"},
                          .held_back_output = {.head = "step 1\n"},
                          .held_back_errors = {.head = "a warning\n"}};
    const ui::CaseFinished finished = judge(killed, {}).finished;
    EXPECT_EQ(finished.captured_output, "step 1\n");
    EXPECT_EQ(finished.captured_errors, "a warning\n");
    EXPECT_THAT(finished.output, MatchesRegex("past pytest\n-+ Captured stdout -+\nstep 1\n"
                                              "-+ Captured stderr -+\na warning\n"));
}

TEST(PytestJudge, ShowsWhatEarlierPhasesOfATestThatWasKilledHadCaptured) {
    job::Completed killed{.status = job::Signaled{SIGKILL},
                          .standard_output = {.head = R"({"item":0,"so_far":{"out":"set up\n"}})"
                                                      "\n"},
                          .held_back_output = {.head = "step 1\n"}};
    EXPECT_EQ(judge(killed, {}).finished.captured_output, "set up\nstep 1\n");
}

TEST(PytestJudge, DoesNotHoldASessionWideCheckAgainstATest) {
    const runner::Judgement judgement = judge(reported(1, "passed"), {});
    EXPECT_EQ(judgement.finished.verdict, Verdict::passed);
    ASSERT_TRUE(judgement.hint);
    EXPECT_EQ(judgement.hint->cause, "session-status");
}

TEST(PytestJudge, FailsWhatPytestDidNotFinish) {
    const auto detail = [](int exit_code) {
        return judge(reported(exit_code, "unfinished"), {}).finished.detail;
    };
    EXPECT_EQ(detail(2), "interrupted");
    EXPECT_EQ(detail(3), "pytest internal error");
    EXPECT_EQ(detail(4), "pytest refused its arguments");
}

TEST(PytestJudge, AsksForEverythingToBeCollectedBeforeItCallsATestFailed) {
    const JudgeContext alone{.collected = Collected::own_items};
    EXPECT_TRUE(judge(reported(1, "failed"), alone).again);
    EXPECT_TRUE(judge(reported(5, "lost"), alone).again);
    EXPECT_FALSE(judge(reported(0, "passed"), alone).again);
    EXPECT_FALSE(judge(ended(job::TimedOut{std::chrono::seconds(1)}, ""), alone).again);

    EXPECT_FALSE(judge(reported(1, "failed"), {.collected = Collected::everything}).again);
}

TEST(PytestJudge, HintsAtWhatTheInterpreterLacks) {
    const runner::Judgement judgement =
        judge(reported(1, "failed", "E   ModuleNotFoundError: No module named 'yaml'\n"),
              {.python = "/venv/bin/python"});
    ASSERT_TRUE(judgement.hint);
    EXPECT_EQ(judgement.hint->text, "/venv/bin/python does not have the module yaml");
}

TEST(PytestJudge, HintsAtProtobufsVersions) {
    const runner::Judgement judgement = judge(
        reported(1, "error", "google.protobuf.runtime_version.VersionError: Detected mismatched\n"),
        {});
    ASSERT_TRUE(judgement.hint);
    EXPECT_EQ(judgement.hint->cause, "protobuf");
}

TEST(PytestJudge, HintsAtAVariableThatStayedOutside) {
    const std::vector<std::string> outside{"TOKEN", "DATABASE_URL"};
    const runner::Judgement judgement =
        judge(reported(1, "failed", "KeyError: 'DATABASE_URL' in MY_TOKEN\n"),
              {.variables_left_outside = outside});
    ASSERT_TRUE(judgement.hint);
    EXPECT_THAT(judgement.hint->text, HasSubstr("--pass-env=DATABASE_URL"));
}

TEST(PytestJudge, SaysWhenPytestIsMissing) {
    const runner::Judgement judgement = judge(
        ended(job::Exited{1}, "{\"problem\": \"no pytest\"}\n"), {.python = "/usr/bin/python3"});
    EXPECT_EQ(judgement.finished.verdict, Verdict::errored);
    EXPECT_THAT(judgement.finished.detail, HasSubstr("/usr/bin/python3"));
}

// Tests that share a process.

std::vector<Verdict> verdicts(const std::vector<runner::Judgement>& judgements) {
    std::vector<Verdict> all;
    for (const runner::Judgement& judgement : judgements) {
        all.push_back(judgement.finished.verdict);
    }
    return all;
}

constexpr const char* two_of_three = R"({"item": 0, "outcome": "passed", "seconds": 0.25}
{"item": 1, "outcome": "failed", "message": "m", "text": "E  why\n", "out": "said\n"}
)";

TEST(PytestJudge, GivesEachOfSeveralTestsItsOwnVerdictAndText) {
    const auto judgements = judge(
        ended(job::Exited{1}, std::string(two_of_three) + R"({"item": 2, "outcome": "skipped"})",
              "what the process printed"),
        3, {});
    EXPECT_THAT(verdicts(judgements),
                ElementsAre(Verdict::passed, Verdict::failed, Verdict::ignored));
    EXPECT_EQ(judgements[0].finished.duration, std::chrono::milliseconds(250));
    EXPECT_THAT(judgements[1].finished.output, HasSubstr("E  why\n"));
    EXPECT_THAT(judgements[1].finished.output, HasSubstr("said\n"));
    EXPECT_THAT(judgements[1].finished.output, Not(HasSubstr("what the process printed")));
}

TEST(PytestJudge, BlamesTheTestThatEndedTheProcessAndWantsTheRestAgain) {
    const auto judgements = judge(ended(job::Signaled{SIGSEGV}, two_of_three), 4, {});
    EXPECT_EQ(judgements[1].finished.verdict, Verdict::failed);
    EXPECT_FALSE(judgements[2].unreached);
    EXPECT_THAT(judgements[2].finished.detail, HasSubstr("SIGSEGV"));
    EXPECT_TRUE(judgements[3].unreached);
    EXPECT_FALSE(judgements[3].again);
}

TEST(PytestJudge, BlamesTheLastTestForAnEndAfterAll) {
    const auto judgements = judge(ended(job::Signaled{SIGABRT}, two_of_three), 2, {});
    EXPECT_EQ(judgements[0].finished.verdict, Verdict::passed);
    EXPECT_THAT(judgements[1].finished.detail, HasSubstr("SIGABRT"));
}

TEST(PytestJudge, BlamesNobodyWherePytestStoppedAndWantsTheRestAgain) {
    const std::string stopped = std::string(two_of_three) + "{\"stopped\": true}\n";
    for (const int exit_code : {0, 1, 2, 3}) {
        const auto judgements = judge(ended(job::Exited{exit_code}, stopped), 4, {});
        EXPECT_EQ(judgements[0].finished.verdict, Verdict::passed);
        EXPECT_EQ(judgements[1].finished.verdict, Verdict::failed);
        EXPECT_TRUE(judgements[2].unreached);
        EXPECT_TRUE(judgements[3].unreached);
    }
}

TEST(PytestJudge, BlamesOneWherePytestStoppedBeforeAll) {
    const auto judgements = judge(ended(job::Exited{2}, "{\"stopped\": true}\n"), 2, {});
    EXPECT_FALSE(judgements[0].unreached);
    EXPECT_TRUE(judgements[1].unreached);
}

TEST(PytestJudge, WantsAllAgainThatAForkPointCouldNotMake) {
    const auto judgements = judge(job::NotRun{.kind = job::NotRun::Kind::system, .message = "gone"},
                                  2, {.collected = Collected::in_fork_point});
    EXPECT_TRUE(judgements[0].again);
    EXPECT_TRUE(judgements[1].again);
}

}  // namespace
}  // namespace maelstrom::pytest
