#include "sys/thread.hpp"
#include "testing/no_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace maelstrom::sys {
namespace {

TEST(Thread, RunsWhatItIsGiven) {
    bool ran = false;
    {
        const auto thread = start_thread([&] { ran = true; });
        EXPECT_TRUE(thread);
    }
    EXPECT_TRUE(ran);
}

TEST(Thread, OneTooManyIsAnError) {
    const testing::NoThreads none;
    const auto thread = start_thread([] {});
    ASSERT_FALSE(thread);
    EXPECT_THAT(thread.error().message(), ::testing::HasSubstr("ulimit -u"));
}

TEST(Thread, RunsWorkSideBySide) {
    std::latch together(3);
    run_side_by_side(3, [&] { together.arrive_and_wait(); });
}

TEST(Thread, DoesAllWorkItselfWithoutOthers) {
    const testing::NoThreads none;
    std::atomic<int> runs = 0;
    run_side_by_side(3, [&] { ++runs; });
    EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace maelstrom::sys
