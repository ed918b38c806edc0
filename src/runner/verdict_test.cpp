#include "runner/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace maelstrom::runner {
namespace {

using ui::Verdict;

job::Result ended(job::Status status) {
    return job::Completed{
        .status = status, .standard_output = {.head = "out"}, .standard_error = {.head = "err"}};
}

TEST(JudgePlainly, PassesOnExitZeroAlone) {
    EXPECT_EQ(judge_plainly(ended(job::Exited{0})).finished.verdict, Verdict::passed);
    const Judgement failed = judge_plainly(ended(job::Exited{101}));
    EXPECT_EQ(failed.finished.verdict, Verdict::failed);
    EXPECT_EQ(failed.exit_code, 101);
    EXPECT_EQ(failed.finished.output, "out");
    EXPECT_EQ(failed.finished.errors, "err");
}

TEST(JudgePlainly, NamesTheSignalThatKilledATest) {
    const Judgement judgement = judge_plainly(ended(job::Signaled{SIGSEGV}));
    EXPECT_EQ(judgement.finished.verdict, Verdict::failed);
    EXPECT_EQ(judgement.finished.detail, "killed by SIGSEGV (11)");
    EXPECT_EQ(judgement.exit_code, 1);
    EXPECT_EQ(judge_plainly(ended(job::Signaled{SIGKILL})).finished.detail,
              "killed by SIGKILL (9) — out of memory?");
    EXPECT_EQ(signal_name(42), "signal 42");
}

TEST(NameLimits, AddsThemToWhatFailed) {
    const auto detail = [](job::Status status, job::Usage usage) {
        const job::Result result = job::Completed{.status = status, .usage = std::move(usage)};
        Judgement judgement = judge_plainly(result);
        name_limits(judgement, result);
        return judgement.finished.detail;
    };
    EXPECT_EQ(detail(job::Signaled{SIGXCPU}, {.limits_reached = {"cpu_time"}}),
              "killed by SIGXCPU (24); limit reached: cpu_time");
    EXPECT_EQ(detail(job::Exited{1},
                     {.limits_reached = {"processes"}, .limits_probably_reached = {"memory"}}),
              "limit reached: processes; limit probably reached: memory");
    EXPECT_EQ(detail(job::Exited{0}, {.limits_reached = {"processes"}}), "");
    EXPECT_EQ(detail(job::OutOfMemory{util::Bytes{1 << 20}}, {.limits_reached = {"memory"}}),
              "used more memory than its limit of 1.0 MB");
}

TEST(JudgePlainly, TellsTimeLimitsFromFailures) {
    const Judgement judgement = judge_plainly(ended(job::TimedOut{std::chrono::seconds(3)}));
    EXPECT_EQ(judgement.finished.verdict, Verdict::timed_out);
    EXPECT_EQ(judgement.exit_code, 1);
}

TEST(NameSharedLimit, TellsTheLimitOfAllFromThatOfTheTest) {
    const auto detail = [](const job::Status& status, std::size_t tests) {
        const job::Result result = ended(status);
        Judgement judgement = judge_plainly(result);
        name_shared_limit(judgement, result, tests, std::chrono::seconds(10));
        return judgement.finished.detail;
    };
    EXPECT_EQ(detail(job::TimedOut{std::chrono::seconds(30)}, 3),
              "timed out after 30 s: 3 tests share the container and their limits, of which its "
              "own is 10 s");
    EXPECT_EQ(detail(job::TimedOut{std::chrono::seconds(10)}, 1), "timed out after 10 s");
    EXPECT_EQ(detail(job::Exited{1}, 3), "");
}

TEST(JudgePlainly, SaysWhoseFaultItIsWhenNothingRan) {
    using Kind = job::NotRun::Kind;
    const auto detail = [](Kind kind) {
        return judge_plainly(job::NotRun{.kind = kind, .message = "m"}).finished.detail;
    };
    EXPECT_EQ(detail(Kind::execution), "execution error: m");
    EXPECT_EQ(detail(Kind::system), "system error: m");
    EXPECT_EQ(detail(Kind::preparation), "preparation error: m");
}

TEST(TextOf, SaysHowMuchIsMissingInTheMiddle) {
    EXPECT_EQ(text_of({.head = "a\n", .tail = "z\n", .dropped = 7}),
              "a\n[… 7 bytes left out: raise inline-limit to see them …]\nz\n");
    EXPECT_EQ(text_of({.head = "whole"}), "whole");
}

TEST(CommonHint, RecognisesWhatContainersForbid) {
    ASSERT_TRUE(common_hint("OSError: [Errno 30] Read-only file system: '/x'"));
    ASSERT_TRUE(common_hint("Temporary failure in name resolution"));
    ASSERT_TRUE(common_hint("ConnectionRefusedError: [Errno 111] Connection refused"));
    EXPECT_FALSE(common_hint("assert 1 == 2"));
}

}  // namespace
}  // namespace maelstrom::runner
