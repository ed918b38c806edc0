// Fork points in real containers.
#include "container/fork_point.hpp"
#include "container/packet.hpp"
#include "container/testing/fixture.hpp"
#include "container/testing/probe.hpp"
#include "sys/file.hpp"

#include <gmock/gmock.h>

#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
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
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class Point : public ContainerTest {
protected:
    void start_point(std::vector<std::string> arguments = {},
                     job::Root root = job::ReadOnlyRoot{},
                     std::uint32_t user = 1000) {
        Plan forking = plan();
        forking.root = std::move(root);
        forking.lowers.insert(forking.lowers.begin(), layer("point", {".maelstrom/root/"}));
        forking.fork_point = true;
        forking.user = user;
        forking.group = user;
        slot_ = start(forking);
        auto ends = ForkPoint::open();
        pipes_ = OutputPipes::open().value();
        pipes_.streams.control = std::move(ends->program);
        point_ = std::move(ends->owner);
        arguments.insert(arguments.begin(), "fork-point");
        ASSERT_TRUE(slot_->run(probe_job(std::move(arguments)), std::move(pipes_.streams)));
        await_readable(point_->descriptor());
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

TEST_F(Point, GivesEachJobItsMemoryAlsoWhereThatTouchesVariablesOfTheLibrary) {
    start_point({"fill-behind"});
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    for (int job = 0; job < 5; ++job) {
        EXPECT_EQ(run_task(*lane, "behind").out, "ppp");
    }
}

TEST_F(Point, GivesEachJobItsOwnPrivateFiles) {
    start_point();
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    EXPECT_EQ(run_task(*lane, "private").out, "0+5");
    EXPECT_EQ(run_task(*lane, "private").out, "0+5");
}

TEST_F(Point, TakesPrivateFilesFromWhoOrdersTheJob) {
    start_point();
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    for (int job = 0; job < 2; ++job) {
        OutputPipes pipes = OutputPipes::open().value();
        const sys::Fd file = sys::memfd_create("held back", 0).value();
        for (sys::Fd& given : pipes.streams.held_back) {
            given = sys::duplicate(file.get()).value();
        }
        Launch launch;
        launch.task = "private";
        ASSERT_TRUE(lane->run(launch, std::move(pipes.streams)));
        EXPECT_EQ(finish(*lane, std::move(pipes)).out, "0+5");
        struct stat status{};
        ASSERT_EQ(::fstat(file.get(), &status), 0);
        EXPECT_EQ(status.st_size, 5);
    }
}

TEST_F(Point, LeavesNoFileOpenThatTheProgramHasNoPlaceFor) {
    start_point();
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    const std::string without = run_task(*lane, "descriptors").out;
    OutputPipes pipes = OutputPipes::open().value();
    for (sys::Fd& given : pipes.streams.held_back) {
        given = sys::memfd_create("held back", 0).value();
    }
    Launch launch;
    launch.task = "descriptors";
    ASSERT_TRUE(lane->run(launch, std::move(pipes.streams)));
    EXPECT_EQ(finish(*lane, std::move(pipes)).out, without);
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

/// Linux gives large pages as long as its memory is not too scattered.
constexpr const char* nothing_to_give = "none to be had";

TEST_F(Point, UsesLargePagesWhenThereAreManyJobs) {
    if (!can_collapse()) {
        GTEST_SKIP() << "MADV_COLLAPSE needs Linux 6.1";
    }
    start_point();
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    EXPECT_THAT(run_task(*lane, "large-pages").out,
                AnyOf(everybody_has_large_pages() ? "yes" : "no", nothing_to_give));
    std::string state = "no";
    // Where Linux had none just when they were asked for, they are asked for again.
    for (int jobs = 0; state != "yes" && jobs < 1000;) {
        for (const int stop = jobs == 0 ? 16 : 2 * jobs; jobs < stop; ++jobs) {
            ASSERT_EQ(run_task(*lane, "one of many").out, "one of many");
        }
        state = run_task(*lane, "large-pages").out;
    }
    EXPECT_THAT(state, AnyOf("yes", nothing_to_give));
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

TEST_F(Point, ForksNothingMoreWhenAKeeperWasKilledInAFork) {
    start_point({"kill-at-fork"});
    const auto one = point_->open_lane(plan(), std::nullopt).value();
    const auto other = point_->open_lane(plan(), std::nullopt).value();
    constexpr const char* reason = "making a cell (its first process was killed)";
    EXPECT_THAT(run_task(*one, "one").failure(), AnyOf(HasSubstr("has died"), reason));
    // The C library would wait for ever for what that fork has taken.
    EXPECT_EQ(run_task(*other, "two").failure(), reason);
}

/// Lets `count` processes go on that a filter of the point holds.
void release(const sys::Fd& held, std::size_t count) {
    std::vector<seccomp_notif> calls(count);
    for (seccomp_notif& call : calls) {
        ASSERT_EQ(::ioctl(held.get(), SECCOMP_IOCTL_NOTIF_RECV, &call), 0);
    }
    for (const seccomp_notif& call : calls) {
        seccomp_notif_resp answer{};
        answer.id = call.id;
        answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        ASSERT_EQ(::ioctl(held.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer), 0);
    }
}

TEST_F(Point, ForksNothingMoreForACellThatWasPreparedMeanwhile) {
    start_point({"kill-at-fork", "hold-at-ring"});
    const sys::Fd point = end_of(descendant_of(::getpid(), "probe"));
    const sys::Fd held(
        static_cast<int>(::syscall(SYS_pidfd_getfd, point.get(), held_descriptor, 0)));
    ASSERT_TRUE(held);
    const auto one = point_->open_lane(plan(), std::nullopt).value();
    const auto other = point_->open_lane(plan(), std::nullopt).value();
    release(held, 2);  // when both are prepared, and the point knows of neither
    constexpr const char* reason = "making a cell (its first process was killed)";
    EXPECT_EQ(run_task(*one, "one").failure(), reason);
    EXPECT_EQ(run_task(*other, "two").failure(), reason);
    std::array<char, 100> forks{};
    EXPECT_EQ(::read(pipes_.out.get(), forks.data(), forks.size()), 1);
}

TEST_F(Point, ShowsNoDescriptorsToJobsWhileOthersArePrepared) {
    start_point({"commands"}, job::WritableRoot{});
    std::vector<std::unique_ptr<Slot>> lanes;
    for (std::size_t i = 0; i < 4; ++i) {
        lanes.push_back(point_->open_lane(plan(), std::nullopt).value());
    }
    for (std::size_t i = 0; i < 40; ++i) {
        // The program's own: its streams and its private file.
        ASSERT_EQ(run_task(*lanes[i % lanes.size()], "descriptors").out, "0 1 2 4 \n");
    }
}

TEST_F(Point, HasANetworkForEachLaneThatNoSocketSurvivesIn) {
    start_point({"commands"});
    Plan with_loopback = plan();
    with_loopback.network = job::Network::loopback;
    const auto lane = point_->open_lane(with_loopback, std::nullopt).value();
    const auto other = point_->open_lane(with_loopback, std::nullopt).value();
    const std::string network = run_task(*lane, "network").out;
    EXPECT_THAT(network, HasSubstr("\nping: ok\n"));
    EXPECT_EQ(run_task(*lane, "network").out, network);
    EXPECT_NE(run_task(*other, "network").out, network);
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(run_task(*lane, "abstract-socket stream").out, "bind: ok\n");
        ASSERT_EQ(run_task(*lane, "lose-socket").out, "lost\n");
        ASSERT_EQ(run_task(*lane, "tcp-cycle 8080").out, "tcp: ok\n");
    }
}

TEST_F(Point, HasANetworkThatNotASingleSocketSurvivesIn) {
    start_point({"commands"});
    Plan with_loopback = plan();
    with_loopback.network = job::Network::loopback;
    for (int i = 0; i < 8; ++i) {
        const auto lane = point_->open_lane(with_loopback, std::nullopt).value();
        // What was used to make the network must not be missed when it has closed at last.
        ASSERT_EQ(run_task(*lane, "burn-for 40").exit_code(), 0);
        ASSERT_EQ(run_task(*lane, "lose-one-socket").out, "lost\n");
        ASSERT_EQ(run_task(*lane, "abstract-socket datagram").out, "bind: ok\n");
    }
}

TEST_F(Point, KeepsAVirtualMachinesSocketsFromItsJobs) {
    start_point({"commands"});
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    EXPECT_THAT(run_task(*lane, "machine-sockets").out,
                HasSubstr("socket: EAFNOSUPPORT\nupper half: EAFNOSUPPORT\n"));
}

TEST_F(Point, KeepsTheSwitchesOfANetworkFromItsJobs) {
    start_point({"commands"}, job::ReadOnlyRoot{}, 0);
    const auto lane = point_->open_lane(plan(), std::nullopt).value();
    // Even from user 0: the next job of the lane would have them, too.
    EXPECT_THAT(run_task(*lane, "open-for-writing /proc/sys/net/ipv4/ip_default_ttl").out,
                AnyOf("open: EACCES\n", "open: EROFS\n"));
}

/// A lane whose packets are sent and read one by one.
class BareLane : public Point {
protected:
    void open_lane(std::vector<std::string> arguments = {}) {
        start_point(std::move(arguments));
        auto [owner, far] = *packet_sockets();
        lane_ = std::move(owner);
        const fork_point::OpenLane request{};
        const int descriptors[] = {far.get()};
        const sys::Fd control = sys::duplicate(point_->descriptor()).value();
        ASSERT_TRUE(send_packet(control, {reinterpret_cast<const char*>(&request), sizeof request},
                                descriptors));
    }

    Reply hear() {
        Reply reply{};
        await_readable(lane_.get());
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
        await_readable(pipes.out.get());
        std::array<char, 100> output{};
        const ssize_t length = ::read(pipes.out.get(), output.data(), output.size());
        return {output.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
    }

    sys::Fd lane_;
    sys::Fd keeper_;
};

TEST_F(BareLane, DropsAnOrderForACellThatHasDied) {
    open_lane();
    EXPECT_EQ(hear().cell, 1U);
    ::syscall(SYS_pidfd_send_signal, keeper_.get(), SIGKILL, nullptr, 0);
    const Reply withdrawn = hear();
    EXPECT_EQ(withdrawn.answer, Answer::withdrawn);
    EXPECT_EQ(withdrawn.cell, 1U);
    EXPECT_EQ(hear().cell, 2U);
    EXPECT_EQ(order(1, "late"), "");
    EXPECT_EQ(order(2, "in time"), "in time");
    EXPECT_THAT((std::vector{hear().cell, hear().cell}), UnorderedElementsAre(2, 3));
}

/// Of the process that a keeper has forked.
pid_t process_of(const sys::Fd& keeper) {
    const std::string info =
        sys::read_file(fmt::format("/proc/self/fdinfo/{}", keeper.get()), util::Bytes{4096})
            .value();
    const long pid = std::strtol(info.c_str() + info.find("\nPid:") + 5, nullptr, 10);
    const std::string children =
        sys::read_file(fmt::format("/proc/{0}/task/{0}/children", pid), util::Bytes{4096}).value();
    return static_cast<pid_t>(std::strtol(children.c_str(), nullptr, 10));
}

TEST_F(BareLane, WithdrawsACellWhoseProcessDiesBeforeItsOrder) {
    open_lane();
    EXPECT_EQ(hear().cell, 1U);
    const pid_t process = process_of(keeper_);
    ASSERT_GT(process, 0);
    EXPECT_EQ(::kill(process, SIGKILL), 0);
    const Reply withdrawn = hear();
    EXPECT_EQ(withdrawn.answer, Answer::withdrawn);
    EXPECT_EQ(withdrawn.cell, 1U);
    EXPECT_EQ(hear().cell, 2U);
    EXPECT_EQ(order(2, "the next"), "the next");
}

TEST_F(BareLane, HasTheNextCellWhileAJobRuns) {
    open_lane({"commands"});
    EXPECT_EQ(hear().cell, 1U);
    const sys::Fd first = std::move(keeper_);
    order(1, "wait-for-term");
    const Reply next = hear();
    EXPECT_EQ(next.answer, Answer::prepared);
    EXPECT_EQ(next.cell, 2U);
    ::syscall(SYS_pidfd_send_signal, first.get(), SIGKILL, nullptr, 0);
    // What a killed job has left in the network nobody knows: no job comes there any more.
    const Reply withdrawn = hear();
    EXPECT_EQ(withdrawn.answer, Answer::withdrawn);
    EXPECT_EQ(withdrawn.cell, 2U);
    const Reply ended = hear();
    EXPECT_EQ(ended.answer, Answer::ended);
    EXPECT_EQ(ended.end.wait_status, SIGKILL);
    EXPECT_EQ(hear().cell, 3U);
}

}  // namespace
}  // namespace maelstrom::container
