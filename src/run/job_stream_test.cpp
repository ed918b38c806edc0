#include "run/job_stream.hpp"
#include "terminal/fake_client.hpp"

#include <gmock/gmock.h>

namespace maelstrom::run {
namespace {

using terminal::FakeClient;

using ::testing::ElementsAre;
using ::testing::HasSubstr;

job::Job job_of(const std::string& program) {
    return {.program = program};
}

job::Result exited(int code) {
    return job::Completed{.status = job::Exited{code}};
}

class JobStreams : public ::testing::Test {
protected:
    FakeClient client;
    JobStream stream{client, {.most_in_flight = 2}};
};

constexpr job::JobId first{100};
constexpr job::JobId second{101};

TEST_F(JobStreams, PassContainersAndJobsOnInOrder) {
    stream.on_input(job_of("a"), {});
    stream.on_input(job::NamedContainers{{"c", {}}}, {});
    stream.on_input(job_of("b"), {});
    EXPECT_THAT(client.asked, ElementsAre("submit a", "define c", "submit b"));
}

TEST_F(JobStreams, NumberJobsByTheirPlaceInTheInput) {
    stream.on_input(job_of("a"), {});
    stream.on_input(job_of("b"), {});
    EXPECT_EQ(stream.on_finished(second, exited(5)).errors, "job 1: exited with code 5\n");
    EXPECT_EQ(stream.on_finished(first, exited(6)).errors, "job 0: exited with code 6\n");
}

TEST_F(JobStreams, EndAsTheFirstFailingJobToComplete) {
    stream.on_input(job_of("a"), {});
    stream.on_input(job_of("b"), {});
    stream.on_finished(second, exited(5));
    stream.on_finished(first, exited(6));
    EXPECT_EQ(stream.exit_code(), 5);
}

TEST_F(JobStreams, EndWithOneAfterASignal) {
    stream.on_input(job_of("a"), {});
    stream.on_finished(first, job::Completed{.status = job::Signaled{9}});
    EXPECT_EQ(stream.exit_code(), 1);
}

TEST_F(JobStreams, EndWithZeroWhenNothingFailed) {
    stream.on_input(job_of("a"), {});
    stream.on_finished(first, exited(0));
    stream.on_input_end();
    EXPECT_TRUE(stream.done());
    EXPECT_EQ(stream.exit_code(), 0);
}

TEST_F(JobStreams, TakeNoMoreJobsThanMayBeInFlight) {
    EXPECT_TRUE(stream.wants_input());
    stream.on_input(job_of("a"), {});
    stream.on_input(job_of("b"), {});
    EXPECT_FALSE(stream.wants_input());
    stream.on_finished(first, exited(0));
    EXPECT_TRUE(stream.wants_input());
}

TEST_F(JobStreams, LetSubmittedJobsEndAfterAnInputError) {
    stream.on_input(job_of("a"), {});
    const util::Error error(util::ErrorKind::invalid, "object 2 of the input: bad");
    EXPECT_EQ(stream.on_input_error(error).errors, "Error: object 2 of the input: bad\n");
    EXPECT_FALSE(stream.done());
    EXPECT_FALSE(stream.wants_input());
    stream.on_finished(first, exited(7));
    EXPECT_TRUE(stream.done());
    EXPECT_EQ(stream.exit_code(), 1);
}

TEST_F(JobStreams, CancelOnlyWhatHasNotEnded) {
    stream.on_input(job_of("a"), {});
    stream.on_input(job_of("b"), {});
    stream.on_finished(first, exited(0));
    client.asked.clear();
    stream.cancel();
    EXPECT_THAT(client.asked, ElementsAre("cancel 101"));
    EXPECT_TRUE(stream.done());
}

TEST(JobStreamWithJson, PrintsOneLineAJob) {
    FakeClient client;
    JobStream stream(client, {.format = Format::json});
    stream.on_input(job_of("a"), {});
    const Report report = stream.on_finished(first, exited(0));
    EXPECT_THAT(report.output, HasSubstr(R"("job":0)"));
    EXPECT_EQ(report.errors, "");
}

}  // namespace
}  // namespace maelstrom::run
