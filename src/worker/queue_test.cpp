#include "worker/queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::worker {
namespace {

using namespace std::chrono_literals;
using job::JobId;
using ::testing::ElementsAre;

job::Execution with(std::int8_t priority,
                    std::optional<std::chrono::nanoseconds> estimate = std::nullopt) {
    job::Execution execution;
    execution.priority = priority;
    execution.estimated_duration = estimate;
    return execution;
}

std::vector<unsigned> starting_order(Queue& queue) {
    std::vector<unsigned> order;
    while (const auto next = queue.pop()) {
        order.push_back(static_cast<unsigned>(next->id));
    }
    return order;
}

TEST(Queue, StartsHigherPriorityThenLongerThenEarlierJobs) {
    Queue queue;
    queue.push(JobId{0}, with(0, 5s));
    queue.push(JobId{1}, with(0, 9s));
    queue.push(JobId{2}, with(1, 1s));
    queue.push(JobId{3}, with(-128, 99s));
    queue.push(JobId{4}, with(0, 9s));
    EXPECT_THAT(starting_order(queue), ElementsAre(2, 1, 4, 0, 3));
}

TEST(Queue, CountsAnUnknownDurationAsTheLongest) {
    Queue queue;
    queue.push(JobId{0}, with(0, 1000h));
    queue.push(JobId{1}, with(0));
    EXPECT_THAT(starting_order(queue), ElementsAre(1, 0));
}

TEST(Queue, ForgetsWhatIsRemoved) {
    Queue queue;
    queue.push(JobId{0}, with(0));
    queue.push(JobId{1}, with(0));
    EXPECT_TRUE(queue.remove(JobId{0}));
    EXPECT_FALSE(queue.remove(JobId{0}));
    EXPECT_THAT(starting_order(queue), ElementsAre(1));
    EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace maelstrom::worker
