#include "sys/file.hpp"
#include "sys/loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/epoll.h>

#include <thread>

namespace maelstrom::sys {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(Loop, RunsPostedActionsInOrder) {
    const auto loop = Loop::create().value();
    std::vector<int> seen;
    std::jthread other([&] {
        loop->post([&] { seen.push_back(1); });
        loop->post([&] { seen.push_back(2); });
        loop->stop();
    });
    loop->run();
    EXPECT_THAT(seen, ElementsAre(1, 2));
}

TEST(Loop, CallsTimersInTheOrderTheyAreDue) {
    const auto loop = Loop::create().value();
    std::vector<int> seen;
    const auto now = Loop::Clock::now();
    const auto late = loop->at(now + 2ms, [&] {
        seen.push_back(2);
        loop->stop();
    });
    const auto early = loop->at(now + 1ms, [&] { seen.push_back(1); });
    auto dropped = loop->at(now, [&] { seen.push_back(0); });
    dropped.reset();
    loop->run();
    EXPECT_THAT(seen, ElementsAre(1, 2));
}

TEST(Loop, LetsAWatchDropItselfAndOthersWhileItRuns) {
    const auto loop = Loop::create().value();
    const auto [first_end, first] = pipe2().value();
    const auto [second_end, second] = pipe2().value();
    int calls = 0;
    Loop::Handle a;
    Loop::Handle b;
    const auto once = [&](std::uint32_t) {
        ++calls;
        a.reset();
        b.reset();
        loop->stop();
    };
    a = loop->watch(first_end.get(), EPOLLIN, once).value();
    b = loop->watch(second_end.get(), EPOLLIN, once).value();
    ASSERT_TRUE(write_all(first, "x"));
    ASSERT_TRUE(write_all(second, "x"));
    loop->run();
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace maelstrom::sys
