#include "run/report.hpp"

#include <gmock/gmock.h>

namespace maelstrom::run {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

job::Completed completed(job::Status status) {
    return {.status = status,
            .standard_output = {.head = "out"},
            .standard_error = {.head = "err"},
            .usage = {}};
}

TEST(TextReport, IsTheOutputAloneAfterSuccess) {
    const Report report = text_report(3, completed(job::Exited{0}));
    EXPECT_EQ(report.output, "out");
    EXPECT_EQ(report.errors, "err");
}

TEST(TextReport, NamesJobAndEnd) {
    EXPECT_EQ(text_report(3, completed(job::Exited{7})).errors, "errjob 3: exited with code 7\n");
    EXPECT_EQ(text_report(0, completed(job::Signaled{9})).errors, "errjob 0: killed by signal 9\n");
    EXPECT_EQ(text_report(0, completed(job::TimedOut{std::chrono::seconds(2)})).errors,
              "errjob 0: timed out\n");
    EXPECT_EQ(text_report(0, completed(job::OutOfMemory{{1'000'000}})).errors,
              "errjob 0: out of memory (limit 1.0 MB)\n");
}

TEST(TextReport, NamesWhyAJobCouldNotRun) {
    using Kind = job::NotRun::Kind;
    EXPECT_EQ(text_report(1, job::NotRun{Kind::execution, "no such program"}).errors,
              "job 1: execution error: no such program\n");
    EXPECT_EQ(text_report(1, job::NotRun{Kind::system, "disk"}).errors,
              "job 1: system error: disk\n");
    EXPECT_EQ(text_report(1, job::NotRun{Kind::preparation, "no layers"}).errors,
              "job 1: preparation error: no layers\n");
}

TEST(TextReport, OfTheOnlyJobLeavesToTheProgramsEndWhatThatSays) {
    EXPECT_EQ(text_report({}, completed(job::Exited{7})).errors, "err");
    EXPECT_EQ(text_report({}, completed(job::Signaled{7})).errors, "err");
    EXPECT_EQ(text_report({}, completed(job::TimedOut{std::chrono::seconds(2)})).errors,
              "errtimed out\n");
    using Kind = job::NotRun::Kind;
    EXPECT_EQ(text_report({}, job::NotRun{Kind::execution, "x"}).errors, "execution error: x\n");
    EXPECT_EQ(text_report({}, job::NotRun{Kind::preparation, "x"}).errors, "Error: x\n");
}

TEST(TextReport, SaysHowMuchIsMissing) {
    job::Completed job = completed(job::Exited{1});
    job.standard_output = {.head = "head", .tail = "ta", .dropped = 5};
    job.standard_error = {.head = "", .tail = "", .dropped = 6};
    const Report report = text_report(2, job);
    EXPECT_EQ(report.output, "headta");
    EXPECT_EQ(report.errors, "job 2: stdout truncated, 5 bytes lost\n"
                             "job 2: stderr truncated, 6 bytes lost\n"
                             "job 2: exited with code 1\n");
    EXPECT_EQ(text_report({}, job).errors,
              "stdout truncated, 5 bytes lost\nstderr truncated, 6 bytes lost\n");
}

TEST(TextReport, NamesLimitsThatAFailingJobReached) {
    job::Completed job = completed(job::Exited{1});
    job.usage.limits_reached = {"processes"};
    EXPECT_THAT(text_report(2, job).errors, EndsWith("job 2: limit reached: processes\n"));
    job.usage.limits_probably_reached = {"memory"};
    EXPECT_THAT(text_report(2, job).errors, EndsWith("job 2: limit probably reached: memory\n"));
    job.status = job::Exited{0};
    EXPECT_THAT(text_report(2, job).errors, Not(HasSubstr("limit")));
}

TEST(JsonReport, IsOneLine) {
    job::Completed job = completed(job::Exited{3});
    job.standard_output = {.head = "a\nb", .tail = "", .dropped = 4};
    job.standard_error = {.head = "\xff"};
    job.usage = {.duration = std::chrono::milliseconds(1500),
                 .cpu_user = std::chrono::milliseconds(250),
                 .peak_memory = util::Bytes{4096},
                 .cpu_throttled = std::chrono::milliseconds(500),
                 .limits_reached = {"tmp"},
                 .limits_probably_reached = {"memory"}};
    EXPECT_EQ(
        json_report(7, job).output,
        R"({"job":7,"status":{"exited":3},"stdout":"a\nb","stdout_lost":4,)"
        R"("stderr":{"base64":"/w=="},"duration":1.5,"cpu_user":0.25,"cpu_system":0,)"
        R"("peak_memory":4096,"cpu_throttled":0.5,"limits_reached":["tmp"],"limits_probably_reached":["memory"]})"
        "\n");
    EXPECT_EQ(json_report(7, job).errors, "");
}

TEST(JsonReport, KnowsEveryStatus) {
    const auto text = [](const job::Result& result) { return json_report(0, result).output; };
    EXPECT_THAT(text(completed(job::Signaled{9})), HasSubstr(R"({"signaled":9})"));
    EXPECT_THAT(text(completed(job::TimedOut{std::chrono::seconds(2)})),
                HasSubstr(R"({"timed_out":2})"));
    EXPECT_THAT(text(completed(job::OutOfMemory{{5}})), HasSubstr(R"({"out_of_memory":5})"));
    EXPECT_EQ(text(job::NotRun{job::NotRun::Kind::preparation, "why"}),
              R"({"job":0,"status":{"error":{"kind":"preparation","message":"why"}}})"
              "\n");
}

TEST(ProgramEnd, OfAPlainProgramIsACode) {
    EXPECT_EQ(plain_end(completed(job::Exited{7})), (sys::ProgramEnd{7, 0}));
    EXPECT_EQ(plain_end(completed(job::Signaled{7})), (sys::ProgramEnd{1, 0}));
    EXPECT_EQ(plain_end(job::NotRun{}), (sys::ProgramEnd{1, 0}));
}

TEST(ProgramEnd, OfAMimicIsTheJobs) {
    EXPECT_EQ(mimicked_end(completed(job::Exited{7})), (sys::ProgramEnd{7, 0}));
    EXPECT_EQ(mimicked_end(completed(job::Signaled{15})).signal, 15);
    EXPECT_EQ(mimicked_end(completed(job::TimedOut{})), (sys::ProgramEnd{1, 0}));
}

}  // namespace
}  // namespace maelstrom::run
