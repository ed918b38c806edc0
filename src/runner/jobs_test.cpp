#include "runner/jobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace maelstrom::runner {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RecordingClient final : public client::Client {
public:
    void define(const std::string&, job::Container) override {}
    void look_again() override {}
    job::JobId submit(job::Job job, client::Extras) override {
        submitted.push_back(job.program);
        last = std::move(job);
        return job::JobId{next_++};
    }
    void cancel(job::JobId id) override { cancelled.push_back(id); }
    std::optional<client::Event> next(std::chrono::steady_clock::time_point) override {
        return std::nullopt;
    }
    void interrupt() override {}

    std::vector<std::string> submitted;
    std::vector<job::JobId> cancelled;
    job::Job last;

private:
    std::uint32_t next_ = 0;
};

/// Wants one fork point for each container, as pytest's collector does.
class ForkingCollector final : public Collector {
public:
    std::string phase_label() const override { return ""; }
    CollectionEnd collect(Findings&, JobRunner&, std::stop_token) override { return {}; }
    JobRequest request(const Case& test, Attempt) override {
        return {.job = {.program = test.name->display}};
    }
    Judgement judge(const Case&, Attempt, const job::Result&) override { return {}; }
    std::optional<JobRequest> fork_point(const ChosenContainer& container) override {
        if (!std::exchange(wants_points, false)) {
            return std::nullopt;
        }
        return JobRequest{.job = {.program = "point of " + container.name}};
    }
    bool take_fork_point(const ChosenContainer& container, Outcome outcome) override {
        const bool is_point = std::holds_alternative<client::ForkPoint>(outcome);
        taken.push_back(container.name + (is_point ? " reached" : " ended"));
        return is_point && useful;
    }

    bool wants_points = true;
    bool useful = true;
    std::vector<std::string> taken;
};

class RunnerJobs : public ::testing::Test {
protected:
    Group group(std::uint32_t id, std::optional<seconds> timeout = {}) {
        auto& test = cases_.emplace_back(std::make_unique<Case>());
        test->name = std::make_shared<const ui::CaseName>(
            ui::CaseName{.display = "test " + std::to_string(id)});
        test->orders.container = container_;
        test->orders.timeout = timeout;
        return {{.id = ui::RunId{id}, .test = test.get(), .attempt = {}}};
    }
    static client::Finished killed(std::uint32_t id) {
        return {job::JobId{id}, job::Completed{.status = job::Signaled{9}}};
    }

    const std::shared_ptr<const ChosenContainer> container_ =
        std::make_shared<const ChosenContainer>(ChosenContainer{.name = "c", .container = {}});
    std::vector<std::unique_ptr<Case>> cases_;
    RecordingClient client_;
    ForkingCollector collector_;
    Jobs jobs_{collector_, client_, std::nullopt};
};

TEST_F(RunnerJobs, HoldsExecutionsBackUntilTheirForkPointIsThere) {
    jobs_.start(group(1));
    jobs_.start(group(2));
    EXPECT_THAT(client_.submitted, ElementsAre("point of c"));
    EXPECT_EQ(jobs_.find(job::JobId{0}), nullptr);

    jobs_.on_fork_point({job::JobId{0}, {}});
    EXPECT_THAT(collector_.taken, ElementsAre("c reached"));
    EXPECT_THAT(client_.submitted, ElementsAre("point of c", "test 1", "test 2"));
    ASSERT_NE(jobs_.find(job::JobId{1}), nullptr);
    EXPECT_EQ(jobs_.find(job::JobId{1})->front().id, ui::RunId{1});

    jobs_.start(group(3));
    EXPECT_EQ(client_.submitted.back(), "test 3");
    EXPECT_THAT(client_.cancelled, IsEmpty());
    jobs_.end();
    EXPECT_THAT(client_.cancelled, ElementsAre(job::JobId{0}));
}

TEST_F(RunnerJobs, GoesOnWithoutAForkPointThatEnds) {
    jobs_.start(group(1));
    client::Finished end = killed(0);
    EXPECT_THAT(jobs_.on_finished(end), IsEmpty());
    EXPECT_THAT(collector_.taken, ElementsAre("c ended"));
    EXPECT_THAT(client_.submitted, ElementsAre("point of c", "test 1"));

    client::Finished result = killed(1);
    EXPECT_EQ(jobs_.on_finished(result).front().id, ui::RunId{1});
}

TEST_F(RunnerJobs, EndsAForkPointThatIsOfNoUse) {
    collector_.useful = false;
    jobs_.start(group(1));
    jobs_.on_fork_point({job::JobId{0}, {}});
    EXPECT_THAT(client_.cancelled, ElementsAre(job::JobId{0}));
    EXPECT_EQ(client_.submitted.back(), "test 1");
}

TEST_F(RunnerJobs, KeepsResultsOfAForkPointThatDiesLater) {
    jobs_.start(group(1));
    jobs_.on_fork_point({job::JobId{0}, {}});
    client::Finished end = killed(0);
    EXPECT_THAT(jobs_.on_finished(end), IsEmpty());
    EXPECT_THAT(collector_.taken, ElementsAre("c reached"));
    client::Finished result = killed(1);
    EXPECT_EQ(jobs_.on_finished(result).front().id, ui::RunId{1});
}

TEST_F(RunnerJobs, CancelsWhatWaitsForAForkPointAndTheLastOneThePoint) {
    jobs_.start(group(1));
    jobs_.start(group(2));
    jobs_.cancel(ui::RunId{1});
    EXPECT_THAT(client_.cancelled, IsEmpty());
    jobs_.cancel(ui::RunId{2});
    EXPECT_THAT(client_.cancelled, ElementsAre(job::JobId{0}));
    jobs_.on_fork_point({job::JobId{0}, {}});
    EXPECT_THAT(collector_.taken, IsEmpty());
    EXPECT_THAT(client_.submitted, ElementsAre("point of c"));
}

TEST_F(RunnerJobs, StartsNothingForCancelledOnesWhenTheForkPointIsThere) {
    jobs_.start(group(1));
    jobs_.start(group(2));
    jobs_.cancel(ui::RunId{1});
    jobs_.on_fork_point({job::JobId{0}, {}});
    EXPECT_THAT(client_.submitted, ElementsAre("point of c", "test 2"));
}

TEST_F(RunnerJobs, LimitsAForkPointLikeItsTestsButGivesItTimeToCollect) {
    jobs_.start(group(1, seconds(1)));
    EXPECT_EQ(client_.last.timeout, seconds(60));
    jobs_.on_fork_point({job::JobId{0}, {}});
    EXPECT_EQ(client_.last.timeout, seconds(1));

    collector_.wants_points = true;
    jobs_.start(group(2, seconds(100)));
    EXPECT_EQ(client_.last.timeout, seconds(100));
}

TEST_F(RunnerJobs, LimitsNoForkPointWhoseTestsHaveNoLimit) {
    jobs_.start(group(1));
    EXPECT_EQ(client_.last.timeout, std::nullopt);
    Jobs unlimited(collector_, client_, seconds(0));
    collector_.wants_points = true;
    unlimited.start(group(2, seconds(5)));
    EXPECT_EQ(client_.last.program, "point of c");
    EXPECT_EQ(client_.last.timeout, std::nullopt);
}

}  // namespace
}  // namespace maelstrom::runner
