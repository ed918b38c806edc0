#include "util/path.hpp"

#include <gmock/gmock.h>

namespace maelstrom::util {
namespace {

TEST(Path, NormalisingDropsWhatSaysNothing) {
    EXPECT_EQ(normal_path("/a//b/./c/"), "/a/b/c");
    EXPECT_EQ(normal_path("/a/../../b"), "/b");
    EXPECT_EQ(normal_path(""), "/");
}

TEST(Path, ADirectoryIsNotBelowItself) {
    EXPECT_TRUE(is_below("/a/b", "/a"));
    EXPECT_TRUE(is_below("/a", "/"));
    EXPECT_FALSE(is_below("/a", "/a"));
    EXPECT_FALSE(is_below("/", "/"));
    EXPECT_TRUE(is_at_or_below("/a", "/a"));
}

TEST(Path, ACommonBeginningOfNamesIsNoParent) {
    EXPECT_FALSE(is_below("/home/anna", "/home/ann"));
}

TEST(Path, RelativeOnesAreBelowTheDirectoryWithoutAName) {
    EXPECT_TRUE(is_below("a", ""));
    EXPECT_FALSE(is_below("/a", ""));
    EXPECT_TRUE(is_at_or_below("", ""));
    EXPECT_EQ(join_paths("", "a"), "a");
}

TEST(Path, ADirectoryMayEndWithASlash) {
    EXPECT_TRUE(is_below("/home/ann/b", "/home/ann/"));
    EXPECT_FALSE(is_below("/home/anna", "/home/ann/"));
}

TEST(Path, TheParentOfATopDirectoryIsTheRoot) {
    EXPECT_EQ(parent_path("/a"), "/");
    EXPECT_EQ(parent_path("/a/b"), "/a");
    EXPECT_EQ(parent_path("/"), "/");
}

TEST(Path, JoiningKeepsAnAbsoluteName) {
    EXPECT_EQ(join_paths("/a", "b/c"), "/a/b/c");
    EXPECT_EQ(join_paths("/", "b"), "/b");
    EXPECT_EQ(join_paths("/a", "/b"), "/b");
    EXPECT_EQ(path_below("/a/b/c", "/a"), "b/c");
    EXPECT_EQ(path_below("/a", "/"), "a");
}

}  // namespace
}  // namespace maelstrom::util
