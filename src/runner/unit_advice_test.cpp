#include "runner/unit_advice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::runner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Eq;
using ::testing::Optional;

/// Tests of so many functions, all in one class of one file.
UnitAdvice
advice_for(std::size_t tests, std::size_t functions, IsolationUnit unit = IsolationUnit::test) {
    UnitAdvice advice;
    for (std::size_t i = 0; i < tests; ++i) {
        Case test;
        test.units = Units{.function = i % functions, .of_class = 0, .file = 0};
        test.orders.unit = unit;
        advice.queued(test);
    }
    return advice;
}

/// Each takes 8 ms, of which 1 ms is its own, two at a time.
std::optional<std::string> after_results(UnitAdvice advice, std::size_t results) {
    for (std::size_t i = 0; i < results; ++i) {
        advice.finished(milliseconds(1), milliseconds(8));
    }
    return advice.text(milliseconds(4) * static_cast<int>(results));
}

TEST(RunnerUnitAdvice, EstimatesWhatFewerContainersWouldTake) {
    EXPECT_THAT(after_results(advice_for(60'000, 1'000), 60'000),
                Optional(Eq("60,000 tests, each in a container of its own, take about 4 min here. "
                            "With --isolation-unit=function the tests of a function share one: "
                            "1,000 containers, less than 34 s")));
}

TEST(RunnerUnitAdvice, CountsTestsThatHaveNotRunYet) {
    EXPECT_EQ(after_results(advice_for(60'000, 1'000), 500),
              after_results(advice_for(60'000, 1'000), 60'000));
}

TEST(RunnerUnitAdvice, NamesTheSmallestUnitThatHalvesTheTime) {
    EXPECT_THAT(after_results(advice_for(20'000, 15'000), 20'000),
                Optional(::testing::HasSubstr("--isolation-unit=class the tests of a class")));
}

TEST(RunnerUnitAdvice, KeepsQuietWhereItWouldNotHelp) {
    EXPECT_EQ(after_results(advice_for(999, 1), 999), std::nullopt);      // too few
    EXPECT_EQ(after_results(advice_for(5'000, 1), 5'000), std::nullopt);  // 20 s down to 3 s
    EXPECT_EQ(after_results(advice_for(60'000, 1), 199), std::nullopt);   // nobody knows yet
    UnitAdvice long_tests = advice_for(2'000, 1);
    for (int i = 0; i < 2'000; ++i) {
        long_tests.finished(milliseconds(90), milliseconds(98));
    }
    EXPECT_EQ(long_tests.text(seconds(98)), std::nullopt);
}

TEST(RunnerUnitAdvice, DoesNotTeachThoseWhoHaveChosen) {
    EXPECT_EQ(after_results(advice_for(60'000, 1'000, IsolationUnit::file), 60'000), std::nullopt);
}

}  // namespace
}  // namespace maelstrom::runner
