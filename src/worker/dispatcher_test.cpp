#include "sys/file.hpp"
#include "worker/dispatcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>

#include <deque>
#include <map>

namespace maelstrom::worker {
namespace {

using namespace std::chrono_literals;
using container::Plan;
using job::JobId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct FakeSlot;

/// What slots were asked for; the test decides how their jobs end.
struct Record {
    int slots_started = 0;
    std::map<std::string, FakeSlot*> running;  // by program
    std::vector<std::string> started;
    std::vector<std::string> killed;
    bool kills_are_ignored = false;
};

struct FakeSlot final : container::Slot {
    explicit FakeSlot(Record& the_record) : record(the_record), ready(sys::pipe2().value()) {}
    ~FakeSlot() override { record.running.erase(program); }

    util::Result<void> run(const container::Launch& launch,
                           container::Streams new_streams) override {
        program = launch.program;
        streams = std::move(new_streams);
        record.running[program] = this;
        record.started.push_back(program);
        return {};
    }
    void kill(container::Kill how) override {
        const bool at_once = how == container::Kill::at_once;
        record.killed.push_back(at_once ? program + " at once" : program);
        if (!record.kills_are_ignored) {
            give_up();
        }
    }
    void give_up() override { say(container::Ended{.status = job::Signaled{9}, .usage = {}}); }
    std::optional<container::Event> receive() override {
        if (events.empty()) {
            return std::nullopt;
        }
        char byte = 0;
        EXPECT_EQ(::read(ready.first.get(), &byte, 1), 1);
        container::Event event = std::move(events.front());
        events.pop_front();
        return event;
    }
    int descriptor() const override { return ready.first.get(); }

    void say(container::Event event) {
        if (!std::holds_alternative<container::TerminalOpened>(event)) {
            streams = {};
            record.running.erase(program);
        }
        events.push_back(std::move(event));
        EXPECT_TRUE(sys::write_all(ready.second, "x"));
    }

    Record& record;
    std::pair<sys::Fd, sys::Fd> ready;
    std::string program;
    container::Streams streams;
    std::deque<container::Event> events;
};

struct FakeSlotMaker final : container::SlotMaker {
    explicit FakeSlotMaker(Record& the_record) : record(the_record) {}
    util::Result<std::unique_ptr<container::Slot>> start(const Plan&) override {
        ++record.slots_started;
        return std::make_unique<FakeSlot>(record);
    }
    Record& record;
};

struct RecordingListener final : Listener {
    explicit RecordingListener(sys::Loop& the_loop) : loop(the_loop) {}
    void on_started(JobId) override {}
    void on_terminal(JobId, sys::Fd) override {}
    void on_finished(JobId id, job::Result result) override {
        results.emplace_back(static_cast<unsigned>(id), std::move(result));
        loop.stop();
    }
    void on_fork_point(JobId, job::ForkPointReached) override {
        ADD_FAILURE() << "no job here is a fork point";
    }
    void on_layers_missing(JobId, job::Execution, std::string) override {
        ADD_FAILURE() << "a dispatcher knows nothing of layers";
    }
    const job::Completed& completed(std::size_t i) const {
        return std::get<job::Completed>(results.at(i).second);
    }

    sys::Loop& loop;
    std::vector<std::pair<unsigned, job::Result>> results;
};

class DispatcherTest : public ::testing::Test {
protected:
    static job::Execution program(const std::string& name) {
        job::Execution execution;
        execution.environment = std::make_shared<const job::Environment>();
        execution.program = name;
        return execution;
    }

    void end(const std::string& name, int code, bool reusable = true) {
        record.running.at(name)->say(
            container::Ended{.status = job::Exited{code}, .usage = {}, .reusable = reusable});
        loop->run();
    }

    std::unique_ptr<sys::Loop> loop = sys::Loop::create().value();
    Record record;
    FakeSlotMaker slot_maker{record};
    RecordingListener listener{*loop};
    Dispatcher dispatcher{{.slots = 2, .count_patience = 100ms, .kill_patience = 100ms},
                          *loop,
                          slot_maker,
                          listener};
    std::shared_ptr<const Plan> plan = std::make_shared<const Plan>();
};

TEST_F(DispatcherTest, RunsAtMostAsManyJobsAsThereAreSlots) {
    for (unsigned i = 0; i < 3; ++i) {
        dispatcher.enqueue(JobId{i}, program(fmt::format("job{}", i)), plan);
    }
    EXPECT_THAT(record.started, ElementsAre("job0", "job1"));
    end("job1", 0);
    EXPECT_THAT(record.started, ElementsAre("job0", "job1", "job2"));
}

TEST_F(DispatcherTest, KeepsASlotForTheNextJobOfItsPlan) {
    dispatcher.enqueue(JobId{0}, program("first"), plan);
    end("first", 0);
    dispatcher.enqueue(JobId{1}, program("second"), plan);
    EXPECT_EQ(record.slots_started, 1);
    dispatcher.enqueue(JobId{2}, program("third"), std::make_shared<const Plan>());
    EXPECT_EQ(record.slots_started, 2);
}

TEST_F(DispatcherTest, ReplacesASlotThatMayNotBeUsedAgain) {
    dispatcher.enqueue(JobId{0}, program("first"), plan);
    end("first", 0, false);
    dispatcher.enqueue(JobId{1}, program("second"), plan);
    EXPECT_EQ(record.slots_started, 2);
}

TEST_F(DispatcherTest, GivesUpIdleSlotsWhenThereAreTooMany) {
    std::vector<std::shared_ptr<const Plan>> plans;
    for (unsigned i = 0; i < 6; ++i) {
        plans.push_back(std::make_shared<const Plan>());
        dispatcher.enqueue(JobId{i}, program("job"), plans.back());
        end("job", 0);
    }
    // The last four are still there, the first is not.
    dispatcher.enqueue(JobId{6}, program("job"), plans[2]);
    EXPECT_EQ(record.slots_started, 6);
    end("job", 0);
    dispatcher.enqueue(JobId{7}, program("job"), plans[0]);
    EXPECT_EQ(record.slots_started, 7);
}

TEST_F(DispatcherTest, CollectsWhatTheJobHadWrittenBeforeItEnded) {
    dispatcher.enqueue(JobId{0}, program("talker"), plan);
    FakeSlot& slot = *record.running.at("talker");
    ASSERT_TRUE(sys::write_all(slot.streams.out, "to stdout"));
    ASSERT_TRUE(sys::write_all(slot.streams.err, "to stderr"));
    end("talker", 3);
    EXPECT_EQ(listener.completed(0).standard_output.head, "to stdout");
    EXPECT_EQ(listener.completed(0).standard_error.head, "to stderr");
    EXPECT_EQ(listener.completed(0).status, job::Status(job::Exited{3}));
}

TEST_F(DispatcherTest, FindsWhatAJobHasHeldBack) {
    job::Execution execution = program("silent");
    execution.holds_output_back = true;
    dispatcher.enqueue(JobId{0}, execution, plan);
    const container::Streams& streams = record.running.at("silent")->streams;
    ASSERT_TRUE(sys::write_all(streams.held_back[0], "captured output"));
    ASSERT_TRUE(sys::write_all(streams.held_back[1], "captured errors"));
    end("silent", 3);
    EXPECT_EQ(listener.completed(0).held_back_output.head, "captured output");
    EXPECT_EQ(listener.completed(0).held_back_errors.head, "captured errors");
    EXPECT_EQ(listener.completed(0).standard_output.head, "");
}

TEST_F(DispatcherTest, GivesNoFilesToAJobThatHoldsNothingBack) {
    dispatcher.enqueue(JobId{0}, program("talker"), plan);
    EXPECT_FALSE(record.running.at("talker")->streams.held_back[0]);
    end("talker", 0);
}

TEST_F(DispatcherTest, ConcludesFromWhatAFailedJobWroteThatItWasRefusedProcesses) {
    const auto limits_met_by = [&](unsigned id, const char* words, int code, bool limited) {
        Plan limited_plan;
        if (limited) {
            limited_plan.limits.processes = 5;
        }
        dispatcher.enqueue(JobId{id}, program("crowd"),
                           std::make_shared<const Plan>(std::move(limited_plan)));
        EXPECT_TRUE(sys::write_all(record.running.at("crowd")->streams.err, words));
        end("crowd", code);
        return listener.completed(id).usage.limits_probably_reached;
    };
    constexpr const char* words = "sh: can't fork: Resource temporarily unavailable\n";
    EXPECT_THAT(limits_met_by(0, words, 2, true), ElementsAre("processes"));
    EXPECT_THAT(limits_met_by(1, words, 0, true), IsEmpty());
    EXPECT_THAT(limits_met_by(2, words, 2, false), IsEmpty());
    EXPECT_THAT(limits_met_by(3, "no such file\n", 2, true), IsEmpty());
}

TEST_F(DispatcherTest, KillsAJobAtItsTimeLimit) {
    auto execution = program("sleeper");
    execution.timeout = 1s;
    dispatcher.enqueue(JobId{0}, execution, plan);
    loop->run();
    EXPECT_THAT(record.killed, ElementsAre("sleeper"));
    EXPECT_EQ(listener.completed(0).status, job::Status(job::TimedOut{1s}));
    EXPECT_EQ(listener.completed(0).usage.duration, 1s) << "the slot has said less";
}

TEST_F(DispatcherTest, GivesUpOnAJobWhoseEndNobodySays) {
    record.kills_are_ignored = true;
    auto execution = program("deaf");
    execution.timeout = 1s;
    dispatcher.enqueue(JobId{0}, execution, plan);
    loop->run();
    EXPECT_THAT(record.killed, ElementsAre("deaf", "deaf at once"));
    EXPECT_EQ(listener.completed(0).status, job::Status(job::TimedOut{1s}));
}

TEST_F(DispatcherTest, DropsAWaitingJobThatIsCancelled) {
    for (unsigned i = 0; i < 3; ++i) {
        dispatcher.enqueue(JobId{i}, program(fmt::format("job{}", i)), plan);
    }
    EXPECT_TRUE(dispatcher.cancel(JobId{2}));
    end("job0", 0);
    EXPECT_THAT(record.started, ElementsAre("job0", "job1"));
    EXPECT_FALSE(dispatcher.cancel(JobId{2}));
}

TEST_F(DispatcherTest, AnnouncesNoResultOfACancelledJob) {
    dispatcher.enqueue(JobId{0}, program("unwanted"), plan);
    dispatcher.enqueue(JobId{1}, program("wanted"), plan);
    EXPECT_TRUE(dispatcher.cancel(JobId{0}));
    end("wanted", 0);
    ASSERT_THAT(listener.results, SizeIs(1));
    EXPECT_EQ(listener.results[0].first, 1U);
}

TEST_F(DispatcherTest, ReportsASlotThatCouldNotStartTheProgram) {
    dispatcher.enqueue(JobId{0}, program("missing"), plan);
    record.running.at("missing")->say(container::NotStarted{
        .reason = {job::NotRun::Kind::execution, "missing: No such file or directory"},
        .reusable = true});
    loop->run();
    const auto& reason = std::get<job::NotRun>(listener.results.at(0).second);
    EXPECT_EQ(reason.kind, job::NotRun::Kind::execution);
}

TEST_F(DispatcherTest, CollectsAllThatThePipeHoldsHoweverItIsCut) {
    dispatcher.enqueue(JobId{0}, program("talker"), plan);
    const int out = record.running.at("talker")->streams.out.get();
    // Room for 64 packets, each of which takes a read(2) of its own.
    ASSERT_GT(::fcntl(out, F_SETPIPE_SZ, 256 * 1024), 0);
    ASSERT_EQ(::fcntl(out, F_SETFL, O_DIRECT), 0);
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(::write(out, "x", 1), 1);
    }
    end("talker", 0);
    EXPECT_EQ(listener.completed(0).standard_output.head, std::string(60, 'x'));
}

TEST_F(DispatcherTest, WaitsForTimeLimitsBeyondAllClocks) {
    auto execution = program("patient");
    execution.timeout = std::chrono::hours(24) * 365 * 300;
    dispatcher.enqueue(JobId{0}, execution, plan);
    loop->post([this] { loop->stop(); });
    loop->run();  // a turn in which timers are due
    EXPECT_THAT(record.killed, ::testing::IsEmpty());
}

}  // namespace
}  // namespace maelstrom::worker
