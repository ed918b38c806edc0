#include "runner/watch_keys.hpp"

#include <gtest/gtest.h>

namespace maelstrom::runner {
namespace {

TEST(RunnerWatchKeys, AreRunAgainFailedAndQuit) {
    EXPECT_EQ(watch_key_of("r"), WatchKey::run_again);
    EXPECT_EQ(watch_key_of("\n"), WatchKey::run_again);
    EXPECT_EQ(watch_key_of("xF"), WatchKey::run_failed);
    EXPECT_EQ(watch_key_of("q"), WatchKey::quit);
    EXPECT_EQ(watch_key_of(""), std::nullopt);
    EXPECT_EQ(watch_key_of("x1"), std::nullopt);
}

}  // namespace
}  // namespace maelstrom::runner
