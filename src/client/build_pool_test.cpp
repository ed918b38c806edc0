#include "client/build_pool.hpp"
#include "testing/no_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <latch>

namespace maelstrom::client {
namespace {

const job::Layer stub = job::StubsLayer{{"/a"}};

/// Builds nothing until as many builds as the latch counts are in it at once.
class MeetingBuilder final : public layer::Builder {
public:
    explicit MeetingBuilder(std::ptrdiff_t count) : meeting(count) {}
    util::Result<util::Digest> build(const job::Layer&,
                                     std::chrono::steady_clock::time_point) override {
        meeting.arrive_and_wait();
        return util::Digest{{}, 7};
    }
    std::latch meeting;
};

class ReadyBuilder final : public layer::Builder {
public:
    util::Result<util::Digest> build(const job::Layer&,
                                     std::chrono::steady_clock::time_point) override {
        return util::Digest{{}, 7};
    }
};

class FailingBuilder final : public layer::Builder {
public:
    util::Result<util::Digest> build(const job::Layer&,
                                     std::chrono::steady_clock::time_point) override {
        return util::fail(util::ErrorKind::not_found, "no such file");
    }
};

TEST(BuildPool, BuildsSideBySide) {
    MeetingBuilder builder(3);
    std::latch done(3);
    const auto pool = BuildPool::start(builder, 3).value();
    for (int i = 0; i < 3; ++i) {
        pool->build(stub, [&](Built) { done.count_down(); });
    }
    done.wait();
}

TEST(BuildPool, BuildsMoreLayersThanItHasThreads) {
    ReadyBuilder builder;
    std::latch done(20);
    const auto pool = BuildPool::start(builder, 2).value();
    for (int i = 0; i < 20; ++i) {
        pool->build(stub, [&](Built) { done.count_down(); });
    }
    done.wait();
}

TEST(BuildPool, PassesOnResultAndTimes) {
    ReadyBuilder builder;
    std::promise<Built> promise;
    const auto pool = BuildPool::start(builder, 1).value();
    const auto before = std::chrono::steady_clock::now();
    pool->build(stub, [&](Built built) { promise.set_value(std::move(built)); });
    const Built built = promise.get_future().get();
    EXPECT_EQ(built.digest->size, 7U);
    EXPECT_LE(before, built.since);
    EXPECT_GE(built.cost.count(), 0);
}

TEST(BuildPool, PassesOnErrors) {
    FailingBuilder builder;
    std::promise<Built> promise;
    const auto pool = BuildPool::start(builder, 1).value();
    pool->build(stub, [&](Built built) { promise.set_value(std::move(built)); });
    EXPECT_EQ(promise.get_future().get().digest.error().message(), "no such file");
}

TEST(BuildPool, GoesOnWithTheThreadsThatItHas) {
    ReadyBuilder builder;
    std::latch done(20);
    const auto pool = BuildPool::start(builder, 4).value();
    const testing::NoThreads none;
    for (int i = 0; i < 20; ++i) {
        pool->build(stub, [&](Built) { done.count_down(); });
    }
    done.wait();
}

TEST(BuildPool, IsAnErrorWithoutAnyThread) {
    ReadyBuilder builder;
    const testing::NoThreads none;
    EXPECT_FALSE(BuildPool::start(builder, 4));
}

}  // namespace
}  // namespace maelstrom::client
