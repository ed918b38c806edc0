// Fork points in real containers.
#include "container/fork_point.hpp"
#include "container/packet.hpp"
#include "container/testing/fixture.hpp"
#include "sys/file.hpp"

#include <gmock/gmock.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>

namespace maelstrom::container {
namespace {

using namespace testing;
using fork_point::Answer;
using fork_point::Reply;

bool is_readable(int descriptor) {
    pollfd wait{descriptor, POLLIN, 0};
    return ::poll(&wait, 1, 10'000) == 1;
}

class Point : public ContainerTest {
protected:
    void start_point(std::vector<std::string> arguments = {},
                     job::Root root = job::ReadOnlyRoot{}) {
        Plan forking = plan();
        forking.root = std::move(root);
        forking.lowers.insert(forking.lowers.begin(), layer("point", {".maelstrom/root/"}));
        forking.fork_point = true;
        forking.user = 1000;
        forking.group = 1000;
        slot_ = start(forking);
        auto ends = ForkPoint::open();
        pipes_ = OutputPipes::open().value();
        pipes_.streams.control = std::move(ends->program);
        point_ = std::move(ends->owner);
        arguments.insert(arguments.begin(), "fork-point");
        ASSERT_TRUE(slot_->run(probe_job(std::move(arguments)), std::move(pipes_.streams)));
        ASSERT_TRUE(is_readable(point_->descriptor()));
        const auto event = point_->receive();
        ASSERT_TRUE(event);
        const auto* reached = std::get_if<ForkPoint::Reached>(&*event);
        ASSERT_NE(reached, nullptr);
        ASSERT_FALSE(reached->refusal) << *reached->refusal;
    }

    static Outcome run_task(Slot& lane, const std::string& task) {
        Launch launch;
        launch.task = task;
        return run(lane, launch);
    }

    std::unique_ptr<Slot> slot_;
    std::unique_ptr<ForkPoint> point_;
    OutputPipes pipes_;
};

TEST_F(Point, RunsOneJobAfterTheOther) {
    start_point();
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    EXPECT_EQ(run_task(*lane, "one").out, "one");
    EXPECT_EQ(run_task(*lane, "two").out, "two");
}

TEST_F(Point, GivesEachJobItsOwnPrivateFiles) {
    start_point();
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    EXPECT_EQ(run_task(*lane, "private").out, "0+5");
    EXPECT_EQ(run_task(*lane, "private").out, "0+5");
}

bool can_collapse() {
    utsname system{};
    int major = 0;
    int minor = 0;
    return ::uname(&system) == 0 && std::sscanf(system.release, "%d.%d", &major, &minor) == 2 &&
           (major > 6 || (major == 6 && minor >= 1));
}

/// Whether every program gets large pages from the beginning (Debian's kernels).
bool everybody_has_large_pages() {
    const auto enabled =
        sys::read_file("/sys/kernel/mm/transparent_hugepage/enabled", util::Bytes{4096});
    return enabled && enabled->find("[always]") != std::string::npos;
}

TEST_F(Point, UsesLargePagesWhenThereAreManyJobs) {
    if (!can_collapse()) {
        GTEST_SKIP() << "MADV_COLLAPSE needs Linux 6.1";
    }
    start_point();
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    EXPECT_EQ(run_task(*lane, "large-pages").out, everybody_has_large_pages() ? "yes" : "no");
    for (int i = 0; i < 16; ++i) {
        EXPECT_EQ(run_task(*lane, "one of many").out, "one of many");
    }
    EXPECT_EQ(run_task(*lane, "large-pages").out, "yes");
}

TEST_F(Point, SaysThatACellWasKilledInTheMaking) {
    start_point({"kill-at-mount"});
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    EXPECT_EQ(run_task(*lane, "one").failure(), "making a cell (its first process was killed)");
}

TEST_F(Point, KeepsNoMountsOfACellThatWasKilledInTheMaking) {
    start_point({"kill-at-attach"}, job::WritableRoot{});
    const pid_t point = descendant_of(::getpid(), "probe");
    ASSERT_GT(point, 0);
    const std::size_t before = open_descriptors(point);
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    EXPECT_EQ(run_task(*lane, "one").failure(), "making a cell (its first process was killed)");
    EXPECT_EQ(open_descriptors(point), before + 1) << "the lane's socket";
}

/// A lane whose packets are sent and read one by one.
class BareLane : public Point {
protected:
    void SetUp() override {
        Point::SetUp();
        if (IsSkipped() || HasFatalFailure()) {
            return;
        }
        start_point();
        int ends[2];
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
        lane_ = sys::Fd(ends[0]);
        const sys::Fd far(ends[1]);
        const fork_point::OpenLane request{};
        const int descriptors[] = {far.get()};
        const sys::Fd control = sys::duplicate(point_->descriptor()).value();
        ASSERT_TRUE(send_packet(control, {reinterpret_cast<const char*>(&request), sizeof request},
                                descriptors));
    }

    Reply hear() {
        Reply reply{};
        EXPECT_TRUE(is_readable(lane_.get()));
        auto received = receive_record(lane_, &reply, sizeof reply);
        EXPECT_TRUE(received && *received);
        if (received && *received) {
            keeper_ = std::move((*received)->descriptor);
        }
        return reply;
    }
    std::string order(std::uint32_t cell, const std::string& task) {
        auto pipes = OutputPipes::open().value();
        fork_point::Order head{.cell = cell, .size = static_cast<std::uint32_t>(task.size())};
        std::string packet(reinterpret_cast<const char*>(&head), sizeof head);
        packet += task;
        const int descriptors[] = {pipes.streams.out.get(), pipes.streams.err.get()};
        EXPECT_TRUE(send_packet(lane_, packet, descriptors));
        pipes.streams = {};
        EXPECT_TRUE(is_readable(pipes.out.get()));
        std::array<char, 100> output{};
        const ssize_t length = ::read(pipes.out.get(), output.data(), output.size());
        return {output.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
    }

    sys::Fd lane_;
    sys::Fd keeper_;
};

TEST_F(BareLane, DropsAnOrderForACellThatHasDied) {
    EXPECT_EQ(hear().cell, 1U);
    ::syscall(SYS_pidfd_send_signal, keeper_.get(), SIGKILL, nullptr, 0);
    const Reply ended = hear();
    EXPECT_EQ(ended.answer, Answer::ended);
    EXPECT_EQ(ended.cell, 1U);
    EXPECT_EQ(hear().cell, 2U);
    EXPECT_EQ(order(1, "late"), "");
    EXPECT_EQ(order(2, "in time"), "in time");
    EXPECT_EQ(hear().cell, 2U);
}

}  // namespace
}  // namespace maelstrom::container
