#include "history/place.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace maelstrom::history {
namespace {

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

TEST(Turn, NeedsNoWaitingWithoutAStateDirectory) {
    const testing::TempDir directory;
    const Place place(directory / "none");
    const auto first = Turn::take(place, [](const std::string&) {}, never);
    const auto second = Turn::take(place, [](const std::string&) {}, never);
    EXPECT_TRUE(first->has_value() && second->has_value());
}

}  // namespace
}  // namespace maelstrom::history
