#include "util/seconds.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace maelstrom::util {
namespace {

std::optional<std::chrono::nanoseconds> seconds_in(double seconds) {
    return seconds_of(Value{.data = seconds});
}

TEST(Seconds, AreAWholeNumberOrAFraction) {
    EXPECT_EQ(seconds_in(0.5), std::chrono::milliseconds(500));
    EXPECT_EQ(seconds_of(Value{.data = std::uint64_t{7}}), std::chrono::seconds(7));
    EXPECT_EQ(seconds_in(1e6), longest_duration);
}

TEST(Seconds, AreNothingElse) {
    for (const double seconds : {-0.1, 1e7, 9e9, 1e300, std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_EQ(seconds_in(seconds), std::nullopt) << seconds;
    }
    EXPECT_EQ(seconds_of(Value{.data = std::string("1")}), std::nullopt);
}

}  // namespace
}  // namespace maelstrom::util
