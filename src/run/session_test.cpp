#include "run/session.hpp"
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

class Sessions : public ::testing::Test {
protected:
    FakeClient client;
    Session session{client, {.most_in_flight = 2}};
};

constexpr job::JobId first{100};
constexpr job::JobId second{101};

TEST_F(Sessions, PassContainersAndJobsOnInOrder) {
    session.on_input(job_of("a"), {});
    session.on_input(job::NamedContainers{{"c", {}}}, {});
    session.on_input(job_of("b"), {});
    EXPECT_THAT(client.asked, ElementsAre("submit a", "define c", "submit b"));
}

TEST_F(Sessions, NumberJobsByTheirPlaceInTheInput) {
    session.on_input(job_of("a"), {});
    session.on_input(job_of("b"), {});
    EXPECT_EQ(session.on_finished(second, exited(5)).errors, "job 1: exited with code 5\n");
    EXPECT_EQ(session.on_finished(first, exited(6)).errors, "job 0: exited with code 6\n");
}

TEST_F(Sessions, EndAsTheFirstFailingJobToComplete) {
    session.on_input(job_of("a"), {});
    session.on_input(job_of("b"), {});
    session.on_finished(second, exited(5));
    session.on_finished(first, exited(6));
    EXPECT_EQ(session.exit_code(), 5);
}

TEST_F(Sessions, EndWithOneAfterASignal) {
    session.on_input(job_of("a"), {});
    session.on_finished(first, job::Completed{.status = job::Signaled{9}});
    EXPECT_EQ(session.exit_code(), 1);
}

TEST_F(Sessions, EndWithZeroWhenNothingFailed) {
    session.on_input(job_of("a"), {});
    session.on_finished(first, exited(0));
    session.on_input_end();
    EXPECT_TRUE(session.done());
    EXPECT_EQ(session.exit_code(), 0);
}

TEST_F(Sessions, TakeNoMoreJobsThanMayBeInFlight) {
    EXPECT_TRUE(session.wants_input());
    session.on_input(job_of("a"), {});
    session.on_input(job_of("b"), {});
    EXPECT_FALSE(session.wants_input());
    session.on_finished(first, exited(0));
    EXPECT_TRUE(session.wants_input());
}

TEST_F(Sessions, LetSubmittedJobsEndAfterAnInputError) {
    session.on_input(job_of("a"), {});
    const util::Error error(util::ErrorKind::invalid, "object 2 of the input: bad");
    EXPECT_EQ(session.on_input_error(error).errors, "Error: object 2 of the input: bad\n");
    EXPECT_FALSE(session.done());
    EXPECT_FALSE(session.wants_input());
    session.on_finished(first, exited(7));
    EXPECT_TRUE(session.done());
    EXPECT_EQ(session.exit_code(), 1);
}

TEST_F(Sessions, CancelOnlyWhatHasNotEnded) {
    session.on_input(job_of("a"), {});
    session.on_input(job_of("b"), {});
    session.on_finished(first, exited(0));
    client.asked.clear();
    session.cancel();
    EXPECT_THAT(client.asked, ElementsAre("cancel 101"));
    EXPECT_TRUE(session.done());
}

TEST(SessionWithJson, PrintsOneLineAJob) {
    FakeClient client;
    Session session(client, {.format = Format::json});
    session.on_input(job_of("a"), {});
    const Report report = session.on_finished(first, exited(0));
    EXPECT_THAT(report.output, HasSubstr(R"("job":0)"));
    EXPECT_EQ(report.errors, "");
}

}  // namespace
}  // namespace maelstrom::run
