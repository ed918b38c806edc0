#include "store/file_identity.hpp"

#include <gtest/gtest.h>

namespace maelstrom::store {
namespace {

TEST(FileIdentity, IsSettledOnceTheClockOfTheFileSystemHasTicked) {
    const FileIdentity identity{.mtime = {90, 5}, .ctime = {100, 500'000'000}};
    EXPECT_FALSE(is_settled(identity, {.tv_sec = 100, .tv_nsec = 500'000'000}));
    EXPECT_FALSE(is_settled(identity, {.tv_sec = 100, .tv_nsec = 510'000'000}));
    EXPECT_TRUE(is_settled(identity, {.tv_sec = 100, .tv_nsec = 530'000'000}));
    EXPECT_FALSE(is_settled(identity, {.tv_sec = 99, .tv_nsec = 0})) << "from the future";
}

TEST(FileIdentity, NeedsSecondsWhereTheFileSystemKeepsOnlySeconds) {
    const FileIdentity identity{.mtime = {100, 0}, .ctime = {100, 0}};
    EXPECT_FALSE(is_settled(identity, {.tv_sec = 101, .tv_nsec = 0}));
    EXPECT_TRUE(is_settled(identity, {.tv_sec = 103, .tv_nsec = 0}));
}

}  // namespace
}  // namespace maelstrom::store
