// Jobs that a fork point makes: each has limits and counters of its own.

#include "container/delegation.hpp"
#include "container/fork_point.hpp"
#include "container/testing/fixture.hpp"

#include <gmock/gmock.h>

#include <poll.h>

namespace maelstrom::container {

namespace {

using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Outcome;

class ForkedJobs : public testing::ContainerTest {
protected:
    /// A container with these limits whose program is a fork point.
    Plan plan_with(const job::Limits& limits) const {
        Plan plan = this->plan();
        plan.lowers.insert(plan.lowers.begin(), layer("point", {".maelstrom/"}));
        plan.root = job::WritableRoot{};
        plan.fork_point = true;
        plan.limits = limits;
        return plan;
    }

    /// Starts the program and waits until it stands still. False: this machine cannot hold that.
    bool start_point(const Plan& plan) {
        plan_ = plan;
        auto slot = slot_maker_->start(plan);
        if (!slot) {
            EXPECT_EQ(slot.error().kind(), util::ErrorKind::unavailable);
            return false;
        }
        slot_ = std::move(*slot);
        auto ends = ForkPoint::open();
        auto pipes = OutputPipes::open();
        Launch launch = testing::probe_job({"fork-point", "commands"});
        Streams streams = std::move(pipes->streams);
        streams.control = std::move(ends->program);
        EXPECT_TRUE(slot_->run(launch, std::move(streams)));
        point_ = std::move(ends->owner);
        testing::await_readable(point_->descriptor());
        const auto event = point_->receive();
        const auto* reached = event ? std::get_if<ForkPoint::Reached>(&*event) : nullptr;
        EXPECT_TRUE(reached != nullptr) << "it has ended";
        return reached != nullptr && !reached->refusal;
    }

    std::unique_ptr<Slot> open_lane() {
        auto group = slot_maker_->lane_group(plan_);
        EXPECT_TRUE(group) << group.error().message();
        auto lane = point_->open_lane(plan_, std::move(*group));
        EXPECT_TRUE(lane) << lane.error().message();
        return std::move(*lane);
    }

    static Launch task(const std::string& text) {
        Launch launch;
        launch.task = text;
        return launch;
    }

    /// `ForkLane::receive` has nothing to say of a lane that waits for its first cell.
    static Outcome run(Slot& lane, const std::string& text) {
        return ContainerTest::run(lane, task(text));
    }

    Plan plan_;
    std::unique_ptr<Slot> slot_;
    std::unique_ptr<ForkPoint> point_;
};

bool holds_by_group() {
    return Delegation::find().has_value();
}

TEST_F(ForkedJobs, HaveTheMemoryOfTheirLimitEach) {
    if (!start_point(plan_with({.memory = util::Bytes{64 << 20}}))) {
        return;
    }
    const auto one = open_lane();
    const auto other = open_lane();
    // Together more than the limit, at the same time.
    auto pipes = OutputPipes::open();
    ASSERT_TRUE(one->run(task("touch-memory 40"), std::move(pipes->streams)));
    EXPECT_EQ(run(*other, "touch-memory 40").out, "memory: ok\n");
    EXPECT_EQ(finish(*one, std::move(*pipes)).out, "memory: ok\n");

    const Outcome greedy = run(*one, "fill-memory");
    ASSERT_NE(greedy.ended(), nullptr) << greedy.failure();
    const job::Usage& usage = greedy.ended()->usage;
    EXPECT_EQ(usage.limited_by_cgroup, holds_by_group());
    EXPECT_THAT(usage.limited_by_cgroup ? usage.limits_reached : usage.limits_probably_reached,
                ElementsAre("memory"));
    EXPECT_EQ(std::holds_alternative<job::OutOfMemory>(greedy.ended()->status), holds_by_group());
    // The point has outlived it, and the next job of the lane has its memory back.
    EXPECT_EQ(run(*one, "touch-memory 40").out, "memory: ok\n");
}

TEST_F(ForkedJobs, TellThePeakOfTheirOwnMemory) {
    ASSERT_TRUE(start_point(plan_with({})));
    const auto lane = open_lane();
    const Outcome large = run(*lane, "touch-memory 60");
    const Outcome small = run(*lane, "exit 0");
    ASSERT_NE(large.ended(), nullptr);
    ASSERT_NE(small.ended(), nullptr);
    EXPECT_GE(large.ended()->usage.peak_memory->count, 60U << 20);
    EXPECT_LT(small.ended()->usage.peak_memory->count, 20U << 20);
}

TEST_F(ForkedJobs, AreCountedWhenTheyAreKilled) {
    ASSERT_TRUE(start_point(plan_with({})));
    const auto lane = open_lane();
    for (const Kill how : {Kill::now, Kill::at_once}) {
        auto pipes = OutputPipes::open();
        ASSERT_TRUE(lane->run(task("use-and-wait 60"), std::move(pipes->streams)));
        // Its first cell has yet to be made when the first job is asked for.
        pollfd ready[] = {{pipes->out.get(), POLLIN, 0}, {lane->descriptor(), POLLIN, 0}};
        while ((ready[0].revents & POLLIN) == 0) {
            ASSERT_GT(::poll(ready, 2, -1), 0);
            ASSERT_FALSE(lane->receive());
        }
        lane->kill(how);
        const Outcome outcome = finish(*lane, std::move(*pipes));
        ASSERT_EQ(outcome.signal(), SIGKILL) << outcome.text();
        const job::Usage& usage = outcome.ended()->usage;
        EXPECT_GE(usage.duration, 45ms);
        if (how == Kill::now) {
            EXPECT_GE(usage.cpu_user + usage.cpu_system, 45ms);
            EXPECT_GE(usage.peak_memory.value_or(util::Bytes{}).count, 60U << 20);
        } else {
            EXPECT_EQ(usage.peak_memory, std::nullopt);
        }
    }
    EXPECT_EQ(run(*lane, "exit 3").exit_code(), 3);
}

TEST_F(ForkedJobs, HaveTheProcessesOfTheirLimitEach) {
    if (!start_point(plan_with({.processes = 5}))) {
        return;  // root, without a delegated cgroup and without another user
    }
    const auto one = open_lane();
    const auto other = open_lane();
    for (int i = 0; i < 3; ++i) {
        auto pipes = OutputPipes::open();
        ASSERT_TRUE(one->run(task("fork-children 20"), std::move(pipes->streams)));
        const Outcome second = run(*other, "fork-children 20");
        EXPECT_EQ(second.out, "4 children\n") << second.text();
        EXPECT_EQ(finish(*one, std::move(*pipes)).out, "4 children\n");
        if (holds_by_group()) {
            EXPECT_THAT(second.ended()->usage.limits_reached, ElementsAre("processes"));
        }
    }
}

TEST_F(ForkedJobs, HaveTheProcessorTimeOfTheirLimitEach) {
    ASSERT_TRUE(start_point(plan_with({.cpu_time = 2s})));
    const auto lane = open_lane();
    // Each has more than a second to spare, for what a virtual machine is charged while it is held
    // up. Together they are beyond the limit.
    for (int i = 0; i < 3; ++i) {
        const Outcome within = run(*lane, "burn-for 700");
        ASSERT_EQ(within.exit_code(), 0) << within.text();
        EXPECT_GE(within.ended()->usage.cpu_user + within.ended()->usage.cpu_system, 650ms);
        EXPECT_LT(within.ended()->usage.cpu_user + within.ended()->usage.cpu_system, 1400ms);
    }
    const Outcome beyond = run(*lane, "burn");
    EXPECT_EQ(beyond.signal(), SIGXCPU) << beyond.text();
    EXPECT_THAT(beyond.ended()->usage.limits_reached, ElementsAre("cpu_time"));
}

TEST_F(ForkedJobs, AreToldWhichFileWasTooLarge) {
    ASSERT_TRUE(start_point(plan_with({.file_size = util::Bytes{1 << 20}})));
    const auto lane = open_lane();
    const Outcome outcome = run(*lane, "fill-file /tmp/file");
    EXPECT_EQ(outcome.signal(), SIGXFSZ) << outcome.text();
    EXPECT_THAT(outcome.ended()->usage.limits_reached, ElementsAre("file_size"));
}

TEST_F(ForkedJobs, FindTheRoomOfTheirLimitOnEachFileSystem) {
    ASSERT_TRUE(start_point(plan_with({.tmp = util::Bytes{2 << 20}})));
    const auto lane = open_lane();
    for (int i = 0; i < 2; ++i) {
        for (const char* file : {"fill-file /file", "fill-file /tmp/file"}) {
            EXPECT_THAT(run(*lane, file).out, AnyOf(HasSubstr("2048 KiB\nwrite: ENOSPC"),
                                                    HasSubstr("1984 KiB\nwrite: ENOSPC")))
                << file;
        }
    }
}

TEST_F(ForkedJobs, AreHeldToTheProcessorsOfTheirLimitWhereAGroupCan) {
    if (!start_point(plan_with({.cpu = 0.2}))) {
        EXPECT_FALSE(holds_by_group());
        return;
    }
    plan_.limits.cpu = 0.02;  // so little that even a job that starves would have more
    const auto lane = open_lane();
    const Outcome outcome = run(*lane, "burn-for 20");
    EXPECT_EQ(outcome.exit_code(), 0) << outcome.text();
    EXPECT_GT(*outcome.ended()->usage.cpu_throttled, 0ms);
}

}  // namespace

}  // namespace maelstrom::container
