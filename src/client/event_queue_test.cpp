#include "client/event_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace maelstrom::client {
namespace {

using std::chrono::steady_clock;
using ::testing::Optional;
using ::testing::VariantWith;

constexpr job::JobId first_job{0};
constexpr job::JobId second_job{1};

job::Result success() {
    return job::Completed{job::Exited{0}, {}, {}, {}};
}

/// What is there now.
std::optional<Event> poll(EventQueue& queue) {
    return queue.next(steady_clock::time_point::min());
}

std::vector<std::string> drain(EventQueue& queue) {
    std::vector<std::string> seen;
    while (auto event = poll(queue)) {
        const auto id =
            std::visit([](const auto& kind) { return static_cast<unsigned>(kind.id); }, *event);
        seen.push_back(
            fmt::format("{} {}", std::array{"state", "terminal", "finished"}[event->index()], id));
    }
    return seen;
}

TEST(EventQueue, DeliversInOrder) {
    EventQueue queue;
    queue.open(first_job);
    queue.open(second_job);
    queue.on_state(first_job, JobState::pending);
    queue.on_finished(second_job, success());
    queue.on_finished(first_job, success());
    EXPECT_THAT(drain(queue), ::testing::ElementsAre("state 0", "finished 1", "finished 0"));
}

TEST(EventQueue, SaysNothingAfterTheEndOfAJob) {
    EventQueue queue;
    queue.open(first_job);
    queue.on_finished(first_job, success());
    queue.on_state(first_job, JobState::running);
    queue.on_finished(first_job, success());
    EXPECT_THAT(drain(queue), ::testing::ElementsAre("finished 0"));
}

TEST(EventQueue, ForgetsACancelledJobAndWhatWasQueuedOfIt) {
    EventQueue queue;
    queue.open(first_job);
    queue.open(second_job);
    queue.on_state(first_job, JobState::running);
    queue.on_state(second_job, JobState::running);
    EXPECT_TRUE(queue.cancel(first_job));
    queue.on_finished(first_job, success());
    EXPECT_THAT(drain(queue), ::testing::ElementsAre("state 1"));
}

TEST(EventQueue, ForgetsTheUnreadEndOfAJobThatIsCancelledTooLate) {
    EventQueue queue;
    queue.open(first_job);
    queue.on_finished(first_job, success());
    EXPECT_FALSE(queue.cancel(first_job));
    EXPECT_THAT(drain(queue), ::testing::ElementsAre());
}

TEST(EventQueue, KnowsWhetherAJobIsUnfinished) {
    EventQueue queue;
    EXPECT_FALSE(queue.has_unfinished());
    queue.open(first_job);
    EXPECT_TRUE(queue.has_unfinished());
    queue.on_finished(first_job, success());
    EXPECT_FALSE(queue.has_unfinished());
}

TEST(EventQueue, ComesBackWithoutAnEventOnceWhenInterrupted) {
    EventQueue queue;
    queue.interrupt();
    queue.interrupt();
    EXPECT_FALSE(queue.next(steady_clock::time_point::max()).has_value());
    queue.open(first_job);
    queue.on_finished(first_job, success());
    EXPECT_TRUE(queue.next(steady_clock::time_point::max()).has_value());
}

TEST(EventQueue, HandsOutWhatHasHappenedBeforeAnInterruptShows) {
    EventQueue queue;
    queue.open(first_job);
    queue.on_finished(first_job, success());
    queue.interrupt();
    EXPECT_TRUE(queue.next(steady_clock::time_point::max()).has_value());
    EXPECT_FALSE(queue.next(steady_clock::time_point::max()).has_value());
}

TEST(EventQueue, WakesWhoWaits) {
    EventQueue queue;
    queue.open(first_job);
    std::jthread other([&] { queue.on_state(first_job, JobState::running); });
    EXPECT_TRUE(queue.next(steady_clock::now() + std::chrono::minutes(1)).has_value());
}

}  // namespace
}  // namespace maelstrom::client
