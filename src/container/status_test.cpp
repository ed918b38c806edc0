// How jobs end: statuses are what they would be outside of a container, and nobody survives.
#include "container/testing/fixture.hpp"

#include <gmock/gmock.h>

#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace maelstrom::container {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using ::testing::HasSubstr;

class Status : public ContainerTest {
protected:
    /// Killed when it has said that it is ready.
    static Outcome
    killed_when_ready(Slot& slot, const Launch& launch, std::initializer_list<Kill> ways) {
        auto pipes = OutputPipes::open();
        EXPECT_TRUE(slot.run(launch, std::move(pipes->streams)));
        await_readable(pipes->out.get());
        for (const Kill how : ways) {
            slot.kill(how);
        }
        return finish(slot, std::move(*pipes));
    }
};

TEST_F(Status, IsEveryExitCode) {
    const auto slot = start(plan());
    for (int code = 0; code <= 255; ++code) {
        ASSERT_EQ(run(*slot, probe_job({"exit", std::to_string(code)})).exit_code(), code);
    }
}

TEST_F(Status, IsTheSignalThatAProgramSendsToItself) {
    const auto slot = start(plan());
    for (const int number : {SIGKILL, SIGTERM, SIGSEGV, SIGABRT, SIGHUP, SIGINT, SIGUSR1, 35}) {
        EXPECT_EQ(run(*slot, probe_job({"kill-self", std::to_string(number)})).signal(), number);
    }
}

TEST_F(Status, IsTheSignalOfARealFaultAndOfAbort) {
    const auto slot = start(plan());
    EXPECT_EQ(run(*slot, probe_job({"fault"})).signal(), SIGSEGV);
    EXPECT_EQ(run(*slot, probe_job({"abort"})).signal(), SIGABRT);
}

TEST_F(Status, OfAProgramThatKillsEverybodyIsItsOwn) {
    // kill(-1) spares the caller, and Linux protects process 1.
    const Outcome outcome = run(plan(), probe_job({"kill-all"}));
    EXPECT_EQ(outcome.exit_code(), 0);
    EXPECT_EQ(outcome.out, "survived\n");
}

TEST_F(Status, IsNotThatOfZombiesAndOrphans) {
    EXPECT_EQ(run(plan(), probe_job({"leave-zombies"})).exit_code(), 3);
}

TEST_F(Status, ComesWhenTheProgramEndsAndKillsWhatItLeft) {
    const auto slot = start(plan());
    // The orphan holds the output open: reading it to the end proves that it is gone.
    const Outcome outcome = run(*slot, probe_job({"leave-orphan"}));
    EXPECT_EQ(outcome.exit_code(), 0);
    EXPECT_EQ(run(*slot, "ls -d /proc/[0-9]*").out, "/proc/1\n/proc/2\n");
}

TEST_F(Status, OfAKilledJobIsSigkill) {
    const auto slot = start(plan());
    auto pipes = OutputPipes::open();
    ASSERT_TRUE(slot->run(probe_job({"ignore-and-wait"}), std::move(pipes->streams)));
    await_readable(pipes->out.get());
    slot->kill(Kill::now);
    EXPECT_EQ(finish(*slot, std::move(*pipes)).signal(), SIGKILL);
    EXPECT_EQ(run(*slot, "echo next").out, "next\n");
}

TEST_F(Status, OfAKilledJobComesWithWhatItHadUsed) {
    const auto slot = start(plan());
    const Launch by_a_child = shell("probe use-and-wait 64 & wait");
    for (const Launch& launch : {probe_job({"use-and-wait", "64"}), by_a_child}) {
        const Outcome outcome = killed_when_ready(*slot, launch, {Kill::now});
        ASSERT_EQ(outcome.signal(), SIGKILL) << outcome.text();
        const job::Usage& usage = outcome.ended()->usage;
        EXPECT_GE(usage.peak_memory.value_or(util::Bytes{}).count, 64U << 20);
        EXPECT_GE(usage.cpu_user + usage.cpu_system, 45ms);
        EXPECT_GE(usage.duration, 45ms);
    }
}

TEST_F(Status, OfAJobWhoseEndNobodySeesComesWhenAllAreKilledAtOnce) {
    const auto slot = start(plan());
    const Outcome outcome =
        killed_when_ready(*slot, probe_job({"wait-under-tracer"}), {Kill::now, Kill::at_once});
    EXPECT_EQ(outcome.out, "ready\n");
    EXPECT_EQ(outcome.signal(), SIGKILL);
    EXPECT_EQ(outcome.ended()->usage.peak_memory, std::nullopt) << "nobody has counted it";
    EXPECT_EQ(run(*slot, "echo next").out, "next\n");
}

TEST_F(Status, OfAJobKilledRightAfterItsRequestIsSigkill) {
    const auto slot = start(plan());
    for (int i = 0; i < 50; ++i) {
        auto pipes = OutputPipes::open();
        ASSERT_TRUE(slot->run(probe_job({"ignore-and-wait"}), std::move(pipes->streams)));
        slot->kill(Kill::now);
        const Outcome outcome = finish(*slot, std::move(*pipes));
        ASSERT_EQ(outcome.signal(), SIGKILL) << "job " << i << ": " << outcome.text();
    }
}

TEST_F(Status, IsUntouchedByAKillThatComesTooLate) {
    const auto slot = start(plan());
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(run(*slot, "true").exit_code(), 0);
        slot->kill(Kill::now);
    }
    EXPECT_EQ(run(*slot, "echo alive").out, "alive\n");
}

TEST_F(Status, CanFollowASigtermThatTheProgramHandles) {
    const auto slot = start(plan());
    auto pipes = OutputPipes::open();
    ASSERT_TRUE(slot->run(probe_job({"wait-for-term"}), std::move(pipes->streams)));
    await_readable(pipes->out.get());
    slot->kill(Kill::terminate);
    const Outcome outcome = finish(*slot, std::move(*pipes));
    EXPECT_EQ(outcome.exit_code(), 5);
    EXPECT_EQ(outcome.out, "ready\nterminated\n");
}

TEST_F(Status, OfALostSlotIsASystemFailure) {
    const auto slot = start(plan());
    auto pipes = OutputPipes::open();
    ASSERT_TRUE(slot->run(probe_job({"ignore-and-wait"}), std::move(pipes->streams)));
    await_readable(pipes->out.get());
    const pid_t process = only_slot();
    const sys::Fd end = end_of(process);
    ASSERT_TRUE(end);
    ASSERT_EQ(::kill(process, SIGKILL), 0);
    await_readable(end.get());
    const Outcome outcome = finish(*slot, std::move(*pipes));
    EXPECT_THAT(outcome.failure(), HasSubstr("signal 9"));
    EXPECT_EQ(outcome.failure_kind(), job::NotRun::Kind::system);
}

TEST_F(Status, OfAProcessThatDoesNotEndHoldsNobodyUp) {
    auto slot = start(plan());
    auto pipes = OutputPipes::open();
    ASSERT_TRUE(slot->run(probe_job({"ignore-and-wait"}), std::move(pipes->streams)));
    await_readable(pipes->out.get());
    const pid_t process = only_slot();
    const pid_t program = descendant_of(process, "probe");
    ASSERT_GT(program, 0);
    // Linux keeps a traced process until its tracer has seen the end, and with it the slot.
    ASSERT_EQ(::ptrace(PTRACE_SEIZE, program, nullptr, nullptr), 0);
    slot.reset();
    EXPECT_EQ(::kill(process, 0), 0) << "it cannot have ended";
    int status = 0;
    EXPECT_EQ(::waitpid(program, &status, __WALL), program);
    while (::kill(process, 0) == 0) {
        ::sched_yield();  // until it has ended, and somebody has waited for it
    }
}

TEST_F(Status, OfManyJobsLeavesNoDescriptorsOrProcesses) {
    const auto slot = start(plan());
    const auto run_many = [&](int count) {
        for (int i = 0; i < count; ++i) {
            ASSERT_EQ(run(*slot, probe_job({"exit", "0"})).exit_code(), 0);
        }
    };
    run_many(20);  // until the slot keeps as many cells ready as it ever will
    const pid_t process = only_slot();
    const auto ours = open_descriptors(::getpid());
    run_many(200);
    EXPECT_EQ(open_descriptors(::getpid()), ours);
    // Eight cells with a descriptor each, one more while they mount, and what the slot itself has.
    EXPECT_LE(open_descriptors(process), 8U + 8U + 8U);
    EXPECT_LE(children_of(process).size(), 8U);
}

}  // namespace
}  // namespace maelstrom::container
