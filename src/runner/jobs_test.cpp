#include "runner/jobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
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
    JobRequest request_together(std::span<const Case* const> tests, Attempt attempt) override {
        return request(*tests.front(), attempt);
    }
    Judgement judge(const Case&, Attempt, const job::Result&) override { return {}; }
    ForkPointAnswer fork_point(const ChosenContainer& container) override {
        if (tried_.contains(container.name)) {
            return NoForkPoint{};
        }
        if (points >= room) {
            return NoRoomYet{};
        }
        ++points;
        tried_.insert(container.name);
        return JobRequest{.job = {.program = "point of " + container.name}};
    }
    bool take_fork_point(const ChosenContainer& container, ForkPointOrResult outcome) override {
        const bool is_point = std::holds_alternative<client::ForkPoint>(outcome);
        taken.push_back(container.name + (is_point ? " reached" : " ended"));
        points -= is_point && useful ? 0 : 1;
        return is_point && useful;
    }
    void give_up_fork_point(const ChosenContainer& container) override {
        taken.push_back(container.name + " given up");
        --points;
        tried_.erase(container.name);
    }
    void forgo_fork_point(const ChosenContainer& container) override {
        taken.push_back(container.name + " forgone");
        tried_.insert(container.name);
    }

    std::size_t room = 2;
    std::size_t points = 0;
    bool useful = true;
    std::vector<std::string> taken;

private:
    std::set<std::string> tried_;
};

class RunnerJobs : public ::testing::Test {
protected:
    using Container = std::shared_ptr<const ChosenContainer>;
    static Container container(const std::string& name) {
        return std::make_shared<const ChosenContainer>(
            ChosenContainer{.name = name, .container = {}});
    }
    Group group(std::uint32_t id, std::optional<seconds> timeout = {}) {
        return group_in(container_, id, timeout);
    }
    Group
    group_in(const Container& container, std::uint32_t id, std::optional<seconds> timeout = {}) {
        auto& test = cases_.emplace_back(std::make_unique<Case>());
        test->name = std::make_shared<const ui::CaseName>(
            ui::CaseName{.display = "test " + std::to_string(id)});
        test->orders.container = container;
        test->orders.timeout = timeout;
        return {{.id = ui::RunId{id}, .test = test.get(), .attempt = {}}};
    }
    static client::Finished killed(std::uint32_t id) {
        return {job::JobId{id}, job::Completed{.status = job::Signaled{9}}};
    }

    void finish(std::uint32_t job) {
        client::Finished end = killed(job);
        jobs_.on_finished(end);
    }
    /// Two containers with a fork point and an unfinished execution each: jobs 0 to 3, and what
    /// there is room for.
    void fill_room() {
        jobs_.start(group_in(a_, 1));
        jobs_.on_fork_point({job::JobId{0}, {}});
        jobs_.start(group_in(b_, 2));
        jobs_.on_fork_point({job::JobId{2}, {}});
        client_.submitted.clear();
        collector_.taken.clear();
    }

    const Container container_ = container("c");
    const Container a_ = container("a");
    const Container b_ = container("b");
    const Container d_ = container("d");
    std::vector<std::unique_ptr<Case>> cases_;
    RecordingClient client_;
    ForkingCollector collector_;
    Jobs jobs_{collector_, client_, std::nullopt, 2};
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

    jobs_.start(group_in(a_, 2, seconds(100)));
    EXPECT_EQ(client_.last.timeout, seconds(100));
}

TEST_F(RunnerJobs, LimitsNoForkPointWhoseTestsHaveNoLimit) {
    jobs_.start(group(1));
    EXPECT_EQ(client_.last.timeout, std::nullopt);
    Jobs unlimited(collector_, client_, seconds(0), 2);
    unlimited.start(group_in(a_, 2, seconds(5)));
    EXPECT_EQ(client_.last.program, "point of a");
    EXPECT_EQ(client_.last.timeout, std::nullopt);
}

TEST_F(RunnerJobs, HoldsExecutionsBackUntilAForkPointIsNotNeededAnyMore) {
    fill_room();
    jobs_.start(group_in(d_, 3));
    jobs_.start(group_in(d_, 4));
    jobs_.make_room();
    EXPECT_THAT(client_.submitted, IsEmpty());

    finish(3);
    jobs_.make_room();
    EXPECT_THAT(client_.cancelled, ElementsAre(job::JobId{2}));
    EXPECT_THAT(collector_.taken, ElementsAre("b given up"));
    EXPECT_THAT(client_.submitted, ElementsAre("point of d"));
    jobs_.on_fork_point({job::JobId{4}, {}});
    EXPECT_THAT(client_.submitted, ElementsAre("point of d", "test 3", "test 4"));
}

TEST_F(RunnerJobs, KeepsAForkPointWhoseExecutionsGoOn) {
    fill_room();
    jobs_.start(group_in(d_, 3));
    finish(3);
    jobs_.start(group_in(b_, 2));  // once more
    jobs_.make_room();
    EXPECT_THAT(collector_.taken, IsEmpty());
    EXPECT_THAT(client_.cancelled, IsEmpty());
}

TEST_F(RunnerJobs, KeepsForkPointsThatNobodyElseNeeds) {
    fill_room();
    finish(1);
    finish(3);
    jobs_.make_room();
    EXPECT_THAT(client_.cancelled, IsEmpty());
}

TEST_F(RunnerJobs, TakesTheRoomOfAForkPointThatCouldNotBe) {
    jobs_.start(group_in(a_, 1));
    jobs_.start(group_in(b_, 2));
    jobs_.start(group_in(d_, 3));
    finish(0);
    jobs_.make_room();
    EXPECT_THAT(client_.submitted, ElementsAre("point of a", "point of b", "test 1", "point of d"));
}

TEST_F(RunnerJobs, LeavesNoSlotIdleForWantOfRoom) {
    fill_room();
    const Container e = container("e");
    jobs_.start(group_in(d_, 3));
    jobs_.start(group_in(d_, 4));
    jobs_.start(group_in(e, 5));
    jobs_.start(group_in(b_, 6));
    finish(1);
    finish(3);
    collector_.room = 0;
    jobs_.make_room();  // one execution goes on, for two slots
    EXPECT_THAT(collector_.taken, ElementsAre("a given up", "e forgone"));
    EXPECT_THAT(client_.submitted, ElementsAre("test 6", "test 5"));
}

TEST_F(RunnerJobs, ForgetsCancelledExecutionsThatAreHeldBack) {
    fill_room();
    jobs_.start(group_in(d_, 3));
    jobs_.start(group_in(d_, 4));
    jobs_.start(group_in(container("e"), 5));
    jobs_.cancel(ui::RunId{3});
    jobs_.cancel(ui::RunId{5});
    finish(1);
    finish(3);
    jobs_.make_room();
    EXPECT_THAT(client_.submitted, ElementsAre("point of d"));
    jobs_.on_fork_point({job::JobId{4}, {}});
    EXPECT_THAT(client_.submitted, ElementsAre("point of d", "test 4"));
}

class RunnerJobsTogether : public RunnerJobs {
protected:
    std::optional<seconds> limit_of(std::optional<seconds> first, std::optional<seconds> second) {
        Group both = group_in(nullptr, next_++, first);
        both.push_back(group_in(nullptr, next_++, second).front());
        jobs_.start(std::move(both));
        return client_.last.timeout;
    }

private:
    std::uint32_t next_ = 0;
};

TEST_F(RunnerJobsTogether, HaveTheTimeThatEachWouldHaveAlone) {
    EXPECT_EQ(limit_of(seconds(1), seconds(100)), seconds(101));
    EXPECT_EQ(limit_of(seconds(1), seconds(0)), std::nullopt);
    EXPECT_EQ(limit_of(std::nullopt, seconds(1)), std::nullopt);
}

}  // namespace
}  // namespace maelstrom::runner
