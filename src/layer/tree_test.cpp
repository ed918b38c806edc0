#include "layer/tree.hpp"
#include "layer/tree_maker.hpp"
#include "store/sha256.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "remote_execution.pb.h"

namespace maelstrom::layer {
namespace {

namespace api = build::bazel::remote::execution::v2;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr FileAttributes some{.mode = 0640, .mtime = {1'700'000'000, 42}};

Directory example() {
    TreeMaker maker(TreeMaker::Repeat::refuse);
    EXPECT_TRUE(maker.add("/b/file", Node{File{store::digest_of("b"), some}}));
    EXPECT_TRUE(maker.add("/a/b/file", Node{File{store::digest_of("b"), some}}));
    EXPECT_TRUE(maker.add("/a/link", Node{Link{"../b"}}));
    EXPECT_TRUE(maker.add("/a/gone", Node{Whiteout{}}));
    EXPECT_TRUE(maker.add_directory("/c", {.mode = 01777, .mtime = {-5, 0}}));
    EXPECT_TRUE(maker.make_opaque("/c"));
    return maker.take();
}

TEST(Tree, ComesBackAsItWent) {
    EXPECT_EQ(*decode(encode(example())), example());
}

TEST(Tree, HasOneEncodingHoweverItWasMade) {
    TreeMaker one(TreeMaker::Repeat::refuse);
    ASSERT_TRUE(one.add("/x", Node{Link{"1"}}));
    ASSERT_TRUE(one.add("/d/y", Node{Link{"2"}}));
    TreeMaker other(TreeMaker::Repeat::refuse);
    ASSERT_TRUE(other.add("d//y", Node{Link{"2"}}));
    ASSERT_TRUE(other.add("./x", Node{Link{"1"}}));
    EXPECT_EQ(encode(one.take()), encode(other.take()));
}

TEST(Tree, HasTheSameDigestOnEveryMachine) {
    EXPECT_EQ(store::digest_of(encode(example())).hex(),
              "9a681f980e778122a3e17e05583cec69c3745b7b443502929eba14c22916a374");
}

TEST(Tree, IsAMessageThatOtherProgramsUnderstand) {
    api::Tree message;
    ASSERT_TRUE(message.ParseFromString(encode(example())));
    EXPECT_THAT(message.root().directories(), ::testing::SizeIs(3));
    EXPECT_EQ(message.root().directories(0).name(), "a");
    EXPECT_EQ(message.children_size(), 3) << "a/b equals b and stands there once";
}

TEST(Tree, NamesEachFileOnce) {
    EXPECT_THAT(files_of(example()), ElementsAre(store::digest_of("b")));
}

TEST(Tree, RefusesNamesThatLeadOut) {
    for (const char* name : {"", ".", "..", "a/b", "/etc"}) {
        api::Tree message;
        message.mutable_root()->add_symlinks()->set_name(name);
        message.mutable_root()->mutable_symlinks(0)->set_target("x");
        const auto decoded = decode(message.SerializeAsString());
        ASSERT_FALSE(decoded) << name;
        EXPECT_THAT(decoded.error().message(), HasSubstr("expected one path component"));
    }
}

TEST(Tree, RefusesADirectoryWhoseContentIsMissing) {
    api::Tree message;
    api::DirectoryNode& node = *message.mutable_root()->add_directories();
    node.set_name("a");
    node.mutable_digest()->set_hash(store::digest_of("x").hex());
    EXPECT_THAT(decode(message.SerializeAsString()).error().message(),
                HasSubstr("the content of directory \"a\" is missing"));
}

TEST(Tree, RefusesToUnfoldWithoutEnd) {
    // Each level holds the one below ten times: 10^12 directories in a kilobyte.
    api::Tree message;
    api::Directory below;
    for (int level = 0; level < 12; ++level) {
        const Digest digest = store::digest_of(below.SerializeAsString());
        *message.add_children() = below;
        below.Clear();
        for (int i = 0; i < 10; ++i) {
            api::DirectoryNode& node = *below.add_directories();
            node.set_name(std::to_string(i));
            node.mutable_digest()->set_hash(digest.hex());
            node.mutable_digest()->set_size_bytes(static_cast<std::int64_t>(digest.size));
        }
    }
    *message.mutable_root() = below;
    EXPECT_FALSE(decode(message.SerializeAsString()));
}

TEST(TreeMaker, RefusesPathsThatLeadUpwards) {
    TreeMaker maker(TreeMaker::Repeat::refuse);
    const auto added = maker.add("/a/../../etc/passwd", Node{Link{"x"}});
    ASSERT_FALSE(added);
    EXPECT_THAT(added.error().message(), HasSubstr("\"/a/../../etc/passwd\""));
}

TEST(TreeMaker, RefusesAPathTwice) {
    TreeMaker maker(TreeMaker::Repeat::refuse);
    ASSERT_TRUE(maker.add("/a", Node{File{}}));
    EXPECT_THAT(maker.add("a", Node{Link{"y"}}).error().message(),
                HasSubstr("\"a\" already exists"));
    EXPECT_FALSE(maker.add_directory("a", some));
    EXPECT_FALSE(maker.add("/a/b", Node{File{}}));
}

TEST(TreeMaker, LetsTheLaterMemberWin) {
    TreeMaker maker(TreeMaker::Repeat::later_wins);
    ASSERT_TRUE(maker.add("/a", Node{Link{"x"}}));
    ASSERT_TRUE(maker.add_directory("/a", some));
    ASSERT_TRUE(maker.add("/a/b", Node{Link{"y"}}));
    ASSERT_TRUE(maker.add("/a/b", Node{Link{"z"}}));
    EXPECT_EQ((*maker.find("/a/b"))->link()->target, "z");
}

TEST(TreeMaker, PlacesThroughLinksButNeverOutside) {
    TreeMaker maker(TreeMaker::Repeat::refuse);
    ASSERT_TRUE(maker.add("/out", Node{Link{"../../../../tmp"}}));
    ASSERT_TRUE(maker.add("/out/x", Node{Link{"y"}}));
    EXPECT_NE(*maker.find("/tmp/x"), nullptr);
    ASSERT_TRUE(maker.add("/loop", Node{Link{"loop"}}));
    EXPECT_THAT(maker.add("/loop/x", Node{Link{"y"}}).error().message(),
                HasSubstr("loop of links"));
}

TEST(TreeMaker, KeepsARepeatedDirectorysLastAttributes) {
    TreeMaker maker(TreeMaker::Repeat::refuse);
    ASSERT_TRUE(maker.add("/d/x", Node{Link{"y"}}));
    ASSERT_TRUE(maker.add_directory("/d", {.mode = 0700}));
    ASSERT_TRUE(maker.add_directory("/d/", some));
    EXPECT_EQ((*maker.find("/d"))->directory()->attributes, some);
    EXPECT_NE(*maker.find("/d/x"), nullptr);
}

}  // namespace
}  // namespace maelstrom::layer
