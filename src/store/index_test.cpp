#include "store/index.hpp"
#include "store/sha256.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace maelstrom::store {
namespace {

using ::testing::Optional;

TEST(AnIndex, IsBegunByManyAtOnce) {
    constexpr int processes = 8;
    const testing::TempDir dir;
    for (int round = 0; round < 10; ++round) {
        const std::string path = dir / std::to_string(round);
        std::latch together(processes);
        std::vector<std::jthread> all;
        for (int i = 0; i < processes; ++i) {
            all.emplace_back([&, i] {
                Index index(path);
                index.remember(digest_of(std::to_string(i)), "known");
                together.arrive_and_wait();
                index.flush();
            });
        }
        all.clear();
        Index later(path);
        for (int i = 0; i < processes; ++i) {
            EXPECT_THAT(later.recall(digest_of(std::to_string(i))), Optional(std::string("known")));
        }
    }
}

}  // namespace
}  // namespace maelstrom::store
