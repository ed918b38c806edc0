// Lanes as seen by their owner; the fork point's side is played, well and badly.
#include "container/fork_lane.hpp"
#include "container/packet.hpp"
#include "sys/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

namespace maelstrom::container {
namespace {

using fork_point::Answer;
using fork_point::Reply;
using ::testing::HasSubstr;

class Lane : public ::testing::Test {
protected:
    void SetUp() override {
        auto [owner, point] = *packet_sockets();
        lane_ = std::make_unique<ForkLane>(std::move(owner), job::Limits{}, std::nullopt);
        point_ = std::move(point);
    }

    void say(const Reply& reply) {
        ASSERT_TRUE(send_packet(point_, {reinterpret_cast<const char*>(&reply), sizeof reply}, {}));
    }
    /// Any descriptor does for a cell that nobody kills.
    void prepare(std::uint32_t cell) {
        const Reply reply{.answer = Answer::prepared, .cell = cell};
        const int descriptors[] = {cell_.get()};
        ASSERT_TRUE(send_packet(point_, {reinterpret_cast<const char*>(&reply), sizeof reply},
                                descriptors));
    }
    void prepare(std::uint32_t cell, sys::Fd keeper) {
        cell_ = std::move(keeper);
        prepare(cell);
    }
    void withdraw(std::uint32_t cell) { say({.answer = Answer::withdrawn, .cell = cell}); }
    void end(std::uint32_t cell, int exit_code = 0) {
        say({.answer = Answer::ended, .cell = cell, .end = {.wait_status = exit_code << 8}});
    }

    void run(const std::string& task = "task") {
        auto pipes = OutputPipes::open();
        ASSERT_TRUE(pipes);
        ASSERT_TRUE(lane_->run(Launch{.task = task}, std::move(pipes->streams)));
    }
    /// The cell that the order which has come in is for; 0: none came.
    std::uint32_t ordered_cell() {
        std::array<char, 256> packet{};
        if (::recv(point_.get(), packet.data(), packet.size(), MSG_DONTWAIT) <= 0) {
            return 0;
        }
        fork_point::Order order;
        std::memcpy(&order, packet.data(), sizeof order);
        return order.cell;
    }
    /// The sentence, if a job was not started; what else there is, otherwise.
    std::string failure() {
        const auto event = lane_->receive();
        if (!event) {
            return "no event";
        }
        const auto* failed = std::get_if<NotStarted>(&*event);
        return failed == nullptr ? "it ended" : failed->reason.message;
    }
    int exit_code() {
        const auto event = lane_->receive();
        const auto* ended = event ? std::get_if<Ended>(&*event) : nullptr;
        const auto* exited = ended == nullptr ? nullptr : std::get_if<job::Exited>(&ended->status);
        return exited == nullptr ? -1 : exited->code;
    }

    std::unique_ptr<ForkLane> lane_;
    sys::Fd point_;
    sys::Fd cell_ = *sys::memfd_create("cell", 0);
};

TEST_F(Lane, RunsOneJobAfterTheOther) {
    for (std::uint32_t cell = 1; cell <= 3; ++cell) {
        run();
        prepare(cell);
        EXPECT_FALSE(lane_->receive());
        EXPECT_EQ(ordered_cell(), cell);
        end(cell, 7);
        EXPECT_EQ(exit_code(), 7);
    }
}

TEST_F(Lane, HearsOfTheNextCellWhileAJobRuns) {
    run();
    prepare(1);
    EXPECT_FALSE(lane_->receive());
    EXPECT_EQ(ordered_cell(), 1U);
    prepare(2);
    EXPECT_FALSE(lane_->receive());
    end(1, 3);
    EXPECT_EQ(exit_code(), 3);
    run();
    EXPECT_EQ(ordered_cell(), 2U);
}

TEST_F(Lane, WaitsForAnotherCellWhenTheNextIsWithdrawn) {
    run();
    prepare(1);
    prepare(2);
    withdraw(2);
    end(1, 3);
    EXPECT_EQ(exit_code(), 3);
    EXPECT_EQ(ordered_cell(), 1U);
    run();
    EXPECT_EQ(ordered_cell(), 0U);
    prepare(3);
    EXPECT_FALSE(lane_->receive());
    EXPECT_EQ(ordered_cell(), 3U);
}

TEST_F(Lane, SaysThatAJobWasNotStartedWhenItsCellHadDied) {
    prepare(1);
    EXPECT_FALSE(lane_->receive());
    run();
    withdraw(1);
    EXPECT_THAT(failure(), HasSubstr("has died"));
}

TEST_F(Lane, SaysThatAJobWasKilledBeforeItWasForked) {
    prepare(1);
    EXPECT_FALSE(lane_->receive());
    run();
    lane_->kill(Kill::now);
    withdraw(1);
    const auto event = lane_->receive();
    const auto* ended = event ? std::get_if<Ended>(&*event) : nullptr;
    ASSERT_NE(ended, nullptr);
    EXPECT_TRUE(std::holds_alternative<job::Signaled>(ended->status));
    EXPECT_GT(ended->usage.duration.count(), 0);
    EXPECT_EQ(ended->usage.peak_memory, std::nullopt);
}

/// A process that nobody here has started any more: its parent has ended.
class Stranger {
public:
    Stranger() {
        auto [ours, theirs] = *sys::pipe2();
        const pid_t parent = ::fork();
        if (parent == 0) {
            const pid_t stranger = ::fork();
            if (stranger == 0) {
                lives_.second = {};
                char byte = 0;
                // Ends when the test lets go of the other end.
                ::_exit(static_cast<int>(::read(lives_.first.get(), &byte, 1)));
            }
            ::_exit(::write(theirs.get(), &stranger, sizeof stranger) == sizeof stranger ? 0 : 1);
        }
        EXPECT_EQ(::read(ours.get(), &pid_, sizeof pid_), ssize_t{sizeof pid_});
        ::waitpid(parent, nullptr, 0);
    }
    sys::Fd pidfd() const { return sys::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))); }
    bool is_alive() const { return ::kill(pid_, 0) == 0; }

private:
    std::pair<sys::Fd, sys::Fd> lives_ = *sys::pipe2();
    pid_t pid_ = 0;
};

TEST_F(Lane, KillsNobodyWhoIsNotOfItsSlot) {
    const Stranger stranger;
    prepare(1, stranger.pidfd());
    EXPECT_FALSE(lane_->receive());
    run();
    lane_->kill(Kill::terminate);
    EXPECT_TRUE(stranger.is_alive());
    lane_->kill(Kill::now);
    const auto event = lane_->receive();
    const auto* ended = event ? std::get_if<Ended>(&*event) : nullptr;
    ASSERT_NE(ended, nullptr);
    EXPECT_FALSE(ended->reusable);
    EXPECT_TRUE(stranger.is_alive());
}

TEST_F(Lane, EndsAKilledJobOfWhichNobodySpeaks) {
    run();
    lane_->kill(Kill::now);
    EXPECT_FALSE(lane_->receive());
    lane_->give_up();
    const auto event = lane_->receive();
    const auto* ended = event ? std::get_if<Ended>(&*event) : nullptr;
    ASSERT_NE(ended, nullptr);
    EXPECT_TRUE(std::holds_alternative<job::Signaled>(ended->status));
    EXPECT_FALSE(ended->reusable);
    EXPECT_GT(ended->usage.duration.count(), 0);
}

TEST_F(Lane, WaitsForTheNextCellWhenAnIdleOneIsKilled) {
    prepare(1);
    withdraw(1);
    EXPECT_FALSE(lane_->receive());
    run();
    EXPECT_EQ(ordered_cell(), 0U);
    prepare(2);
    EXPECT_FALSE(lane_->receive());
    EXPECT_EQ(ordered_cell(), 2U);
}

TEST_F(Lane, IsLostWhenACellComesWithoutItsDescriptor) {
    run();
    say({.answer = Answer::prepared, .cell = 1});
    EXPECT_THAT(failure(), HasSubstr("makes no sense"));
}

TEST_F(Lane, IsLostWhenAJobEndsThatWasNotStarted) {
    run();
    end(1);
    EXPECT_THAT(failure(), HasSubstr("makes no sense"));
    EXPECT_FALSE(lane_->receive());
}

TEST_F(Lane, IsLostWhenAnotherCellEndsThanTheJobs) {
    prepare(2);
    EXPECT_FALSE(lane_->receive());
    run();
    end(1);
    EXPECT_THAT(failure(), HasSubstr("makes no sense"));
}

TEST_F(Lane, IsLostWhenACellIsWithdrawnThatWasNotOffered) {
    run();
    prepare(1);
    EXPECT_FALSE(lane_->receive());
    withdraw(2);
    EXPECT_THAT(failure(), HasSubstr("makes no sense"));
}

TEST_F(Lane, IsLostWhenItIsOfferedMoreThanACell) {
    prepare(1);
    prepare(2);
    EXPECT_THAT(failure(), HasSubstr("makes no sense"));
}

TEST_F(Lane, IsLostWhenItHearsSomethingUnknown) {
    run();
    say({.answer = static_cast<Answer>(17)});
    EXPECT_THAT(failure(), HasSubstr("makes no sense"));
}

TEST_F(Lane, SaysThatACellWasKilledInTheMaking) {
    run();
    say({.answer = Answer::not_started, .step = fork_point::Step::keeper});
    EXPECT_EQ(failure(), "making a cell (its first process was killed)");
}

TEST_F(Lane, TakesAFloodOfAnswersBitByBit) {
    for (std::uint32_t cell = 1; cell <= 20; ++cell) {
        prepare(cell);
        withdraw(cell);
    }
    EXPECT_FALSE(lane_->receive());
    pollfd rest{lane_->descriptor(), POLLIN, 0};
    EXPECT_EQ(::poll(&rest, 1, 0), 1);
}

}  // namespace
}  // namespace maelstrom::container
