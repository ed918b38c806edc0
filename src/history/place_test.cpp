#include "history/place.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <thread>
#include <utility>
#include <vector>

namespace maelstrom::history {
namespace {

using util::Result;

constexpr auto never = [] { return false; };

class TurnTest : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(place_.make()); }
    std::optional<Turn> take() {
        return Turn::take(place_, [](const std::string&) {}, never).value();
    }

    testing::TempDir directory_;
    Place place_{directory_ / ".maelstrom-pytest"};
};

TEST_F(TurnTest, TellsWhomItWaitsForAndStopsWaitingWhenAsked) {
    const auto first = take();
    std::string holder;
    const auto second = Turn::take(
        place_, [&](const std::string& pid) { holder = pid; }, [&] { return !holder.empty(); });
    // The second look at `stop` comes after the message.
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_FALSE(second->has_value());
    EXPECT_EQ(holder, std::to_string(::getpid()));
}

TEST_F(TurnTest, ComesWhenTheOtherRunIsOver) {
    auto first = take();
    const auto second = Turn::take(place_, [&](const std::string&) { first.reset(); }, never);
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_TRUE(second->has_value());
}

TEST_F(TurnTest, IsFreeAfterwards) {
    take();
    EXPECT_TRUE(take());
}

class FirstTurnTest : public ::testing::Test {
protected:
    Result<std::optional<Turn>> take(const std::function<void()>& wait) {
        bool waited = false;
        return Turn::take(
            place_,
            [&](const std::string&) {
                waited = true;
                wait();
            },
            [&] { return std::exchange(waited, false); });
    }
    std::optional<Turn> take() {
        return take([] {}).value();
    }
    bool left_something() const { return ::access(runner_.c_str(), F_OK) == 0; }

    testing::TempDir directory_;
    const std::string runner_ = directory_ / ".maelstrom-pytest";
    Place place_{runner_};
};

TEST_F(FirstTurnTest, LetsOthersWaitAlthoughNothingWasThere) {
    const auto first = take();
    EXPECT_TRUE(first);
    EXPECT_FALSE(take());
}

TEST_F(FirstTurnTest, LeavesNothingWhereNothingWasWritten) {
    take();
    EXPECT_FALSE(left_something());
}

TEST_F(FirstTurnTest, LeavesAHistory) {
    {
        const auto first = take();
        ASSERT_TRUE(sys::replace_file(place_.history_file(), "", 0644, sys::Durability::cached));
    }
    EXPECT_TRUE(left_something());
}

TEST_F(FirstTurnTest, LeavesADirectoryThatWasThereBefore) {
    ASSERT_TRUE(place_.make());
    take();
    EXPECT_TRUE(left_something());
}

TEST_F(FirstTurnTest, IsTheLockOfAllAlsoAfterTheOneThatLeftNothing) {
    auto first = take();
    // Does not look at `stop` again: the lock is free then.
    const auto second = take([&] { first.reset(); });
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_TRUE(second->has_value());
    EXPECT_FALSE(take());
}

TEST_F(FirstTurnTest, ComesToEachOfManyThatLeaveNothing) {
    std::vector<std::jthread> runs;
    for (int run = 0; run < 4; ++run) {
        runs.emplace_back([&] {
            for (int turn = 0; turn < 200; ++turn) {
                const auto mine = Turn::take(place_, [](const std::string&) {}, never);
                ASSERT_TRUE(mine) << mine.error().message();
                EXPECT_TRUE(*mine);
            }
        });
    }
    runs.clear();
    EXPECT_TRUE(!left_something() || ::access((runner_ + "/.gitignore").c_str(), F_OK) == 0);
}

}  // namespace
}  // namespace maelstrom::history
