#include "job/parse_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::job {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Layer layer_of(std::string_view text) {
    auto layer = parse_layer(*util::parse_json(text));
    EXPECT_TRUE(layer) << layer.error().message();
    return layer ? *std::move(layer) : Layer();
}
std::string layer_complaint(std::string_view text) {
    const auto layer = parse_layer(*util::parse_json(text));
    return layer ? "no error" : layer.error().message();
}
Mount mount_of(std::string_view text) {
    auto mount = parse_mount(*util::parse_json(text));
    EXPECT_TRUE(mount) << mount.error().message();
    return mount ? *std::move(mount) : Mount();
}
std::string mount_complaint(std::string_view text) {
    const auto mount = parse_mount(*util::parse_json(text));
    return mount ? "no error" : mount.error().message();
}

TEST(ParseLayer, ReadsEveryKind) {
    EXPECT_EQ(layer_of(R"({"tar":"a.tar"})"), Layer(TarLayer{"a.tar"}));
    EXPECT_EQ(layer_of(R"({"glob":"a/**"})"), Layer(GlobLayer{"a/**", {}}));
    EXPECT_EQ(layer_of(R"({"paths":["a","b"]})"), Layer(PathsLayer{{"a", "b"}, {}}));
    EXPECT_EQ(layer_of(R"({"stubs":["/a/"]})"), Layer(StubsLayer{{"/a/"}}));
    EXPECT_EQ(layer_of(R"({"symlinks":[{"link":"/a","target":"b"}]})"),
              Layer(SymlinksLayer{{{"/a", "b"}}}));
    EXPECT_EQ(layer_of(R"({"shared_library_dependencies":["a"]})"),
              Layer(SharedLibrariesLayer{{"a"}, {}}));
    EXPECT_EQ(layer_of(R"({"shared-library-dependencies":["a"]})"),
              layer_of(R"({"shared_library_dependencies":["a"]})"));
    EXPECT_EQ(layer_of(R"({"command":"a"})"), Layer(CommandLayer{{"a"}}));
    EXPECT_EQ(layer_of(R"({"command":["a","b"]})"), Layer(CommandLayer{{"a", "b"}}));
}

TEST(ParseLayer, ReadsPrefixOptionsBesideTheKind) {
    const PrefixOptions options{true, true, "a", "/b"};
    EXPECT_EQ(layer_of(R"({"follow_symlinks":true,"canonicalize":true,"strip_prefix":"a",
                           "prepend_prefix":"/b","glob":"x"})"),
              Layer(GlobLayer{"x", options}));
    EXPECT_EQ(layer_of(R"({"paths":[],"strip_prefix":null})"), Layer(PathsLayer{}));
}

TEST(ParseLayer, TakesPrefixOptionsOnlyWhereTheyMeanSomething) {
    for (const std::string_view text :
         {R"({"tar":"a","strip_prefix":"b"})", R"({"stubs":[],"canonicalize":true})",
          R"({"symlinks":[],"follow_symlinks":true})", R"({"command":"a","prepend_prefix":"b"})"}) {
        EXPECT_THAT(layer_complaint(text), HasSubstr("unknown key")) << text;
    }
}

TEST(ParseLayer, TakesTheFirstKindForTheKind) {
    EXPECT_THAT(layer_complaint(R"({"tar":"a","glob":"b"})"),
                HasSubstr("unknown key \"glob\" in a layer of type \"tar\""));
    EXPECT_THAT(layer_complaint(R"({"glob":"b","tar":"a"})"),
                HasSubstr("unknown key \"tar\" in a layer of type \"glob\""));
}

TEST(ParseLayer, ListsTheKindsWhenItCannotTell) {
    EXPECT_THAT(layer_complaint("{}"), AllOf(StartsWith("line 1, column 1: cannot tell the type"),
                                             HasSubstr("\"shared_library_dependencies\"")));
    EXPECT_THAT(layer_complaint(R"({"shared-library-dependency":[]})"),
                HasSubstr("did you mean \"shared_library_dependencies\"?"));
    EXPECT_THAT(layer_complaint("\"a.tar\""), HasSubstr("a layer must be an object"));
}

TEST(ParseLayer, LooksInside) {
    EXPECT_THAT(layer_complaint(R"({"command":[]})"), HasSubstr("program is missing"));
    EXPECT_THAT(layer_complaint(R"({"command":5})"), HasSubstr("a string or a list of strings"));
    EXPECT_THAT(layer_complaint(R"({"symlinks":[{"link":"a"}]})"),
                HasSubstr("\"target\" is missing"));
    EXPECT_THAT(layer_complaint(R"({"symlinks":[{"link":"a","target":"b","x":1}]})"),
                HasSubstr("unknown key \"x\""));
    EXPECT_THAT(layer_complaint(R"({"glob":"a","canonicalize":null})"), HasSubstr("found null"));
    EXPECT_THAT(layer_complaint(R"({"tar":["a"]})"), HasSubstr("must be a string, found a list"));
}

TEST(ParseMount, ReadsEveryType) {
    EXPECT_EQ(mount_of(R"({"type":"bind","mount_point":"/a","local_path":"b"})"),
              Mount(BindMount{"/a", "b", false}));
    EXPECT_EQ(mount_of(R"({"type":"bind","mount_point":"/a","local_path":"b","read_only":true})"),
              Mount(BindMount{"/a", "b", true}));
    EXPECT_EQ(
        mount_of(
            R"({"type":"devices","devices":["full","fuse","null","random","shm","tty","urandom","zero"]})"),
        Mount(DevicesMount{{Device::full, Device::fuse, Device::null, Device::random, Device::shm,
                            Device::tty, Device::urandom, Device::zero}}));
    using enum FileSystemMount::Kind;
    for (const auto& [name, kind] :
         {std::pair("devpts", devpts), std::pair("mqueue", mqueue), std::pair("proc", proc),
          std::pair("sys", sys), std::pair("tmp", tmp)}) {
        EXPECT_EQ(mount_of(fmt::format(R"({{"type":"{}","mount_point":"/x"}})", name)),
                  Mount(FileSystemMount{kind, "/x"}));
    }
}

TEST(ParseMount, LooksInside) {
    EXPECT_THAT(mount_complaint(R"({"mount_point":"/a"})"), HasSubstr("\"type\" is missing"));
    EXPECT_THAT(mount_complaint(R"({"type":"tmpfs","mount_point":"/a"})"),
                AllOf(HasSubstr("unknown mount type \"tmpfs\""), HasSubstr("\"mqueue\"")));
    EXPECT_THAT(mount_complaint(R"({"type":"devices","devices":["nul"]})"),
                AllOf(HasSubstr("unknown device \"nul\""), HasSubstr("\"urandom\"")));
    EXPECT_THAT(mount_complaint(R"({"type":"proc","mount_point":"/a","local_path":"b"})"),
                HasSubstr("unknown key \"local_path\""));
    EXPECT_THAT(mount_complaint(R"({"type":"proc"})"), HasSubstr("\"mount_point\" is missing"));
    EXPECT_THAT(mount_complaint(R"({"type":"bind","mount_point":"/a"})"),
                HasSubstr("\"local_path\" is missing"));
    EXPECT_THAT(mount_complaint(R"({"type":"bind","mount_point":"/a","local_path":""})"),
                AllOf(HasSubstr("\"local_path\" is empty"), HasSubstr("\".\"")));
    EXPECT_THAT(
        mount_complaint(R"({"type":"bind","mount_point":"/a","local_path":"b","read_only":null})"),
        HasSubstr("true or false"));
    EXPECT_THAT(mount_complaint("5"), HasSubstr("a mount must be an object"));
}

TEST(ParseMount, NormalisesTheMountPoint) {
    EXPECT_EQ(*normalise_mount_point("proc"), "/proc");
    EXPECT_EQ(*normalise_mount_point("//a/./b//c/../d/"), "/a/b/d");
    EXPECT_EQ(*normalise_mount_point("/../a"), "/a");
}

TEST(ParseMount, RefusesTheRootHoweverSpelt) {
    for (const std::string_view path : {"/", "//", "/.", "", "/..", ".", "a/..", "/a/b/../.."}) {
        const auto complaint =
            mount_complaint(fmt::format(R"({{"type":"tmp","mount_point":"{}"}})", path));
        EXPECT_THAT(complaint, AllOf(StartsWith("line 1, column 29: the mount point"),
                                     HasSubstr("below the root")))
            << path;
    }
}

}  // namespace
}  // namespace maelstrom::job
