#include "runner/metadata.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace maelstrom::runner {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Metadata parsed(std::string_view text, const MetadataRules& rules = {}) {
    auto metadata = parse_metadata(text, rules);
    EXPECT_TRUE(metadata) << metadata.error().message();
    return metadata ? std::move(*metadata) : Metadata{};
}

std::string refusal(std::string_view text, const MetadataRules& rules = {}) {
    const auto metadata = parse_metadata(text, rules);
    return metadata ? "accepted" : metadata.error().message();
}

TEST(MetadataFile, MayBeEmpty) {
    EXPECT_THAT(parsed("").directives, SizeIs(0));
    EXPECT_THAT(parsed("directives = []\n[containers]\n").containers, SizeIs(0));
}

TEST(MetadataFile, HasContainersInTheirOrderWithForwardReferences) {
    const Metadata metadata = parsed("[containers.a]\nparent = \"b\"\n"
                                     "[containers.b]\nuser = 5\n");
    ASSERT_THAT(metadata.containers, SizeIs(2));
    EXPECT_EQ(metadata.containers[0].name, "a");
    EXPECT_EQ(metadata.containers[1].container.user, 5U);
}

TEST(MetadataFile, TellsDirectivesThatReplaceFromThoseThatChange) {
    const Metadata metadata = parsed("[[directives]]\nparent = \"host\"\nuser = 1\n"
                                     "[[directives]]\nuser = 2\n");
    ASSERT_THAT(metadata.directives, SizeIs(2));
    ASSERT_TRUE(metadata.directives[0].container);
    EXPECT_EQ(metadata.directives[0].container->user, 1U);
    EXPECT_FALSE(metadata.directives[1].container);
    EXPECT_EQ(metadata.directives[1].changes.user->value, 2U);
}

TEST(MetadataFile, HasEveryFieldOfADirective) {
    const Directive directive = parsed(R"(
[[directives]]
filter = """
  name.contains(a) &&
  !markers.contains(b)
"""
include_shared_libraries = false
timeout = 0
ignore = true
retries = 3
)")
                                    .directives.at(0);
    EXPECT_EQ(directive.filter->to_string(), "(name.contains(a) & !markers.contains(b))");
    EXPECT_EQ(directive.include_shared_libraries, false);
    EXPECT_EQ(directive.timeout, std::chrono::seconds(0));
    EXPECT_EQ(directive.ignore, true);
    EXPECT_EQ(directive.retries, 3U);
}

TEST(MetadataFile, NamesThePlaceOfWhatItDoesNotKnow) {
    EXPECT_THAT(refusal("[container.x]\nuser = 1\n"),
                AllOf(HasSubstr("line 1"), HasSubstr("\"container\""),
                      HasSubstr("did you mean \"containers\"?")));
    EXPECT_THAT(refusal("[[directives]]\nuser = 1\n[[directives]]\ntimout = 1\n"),
                AllOf(HasSubstr("directive 2 (line 3): line 4, column 1"),
                      HasSubstr("did you mean \"timeout\"?")));
    EXPECT_THAT(refusal("[containers.a]\ntimeout = 1\n"),
                AllOf(HasSubstr("container \"a\""), HasSubstr("\"timeout\"")));
    EXPECT_THAT(refusal("directives = 1\n"), HasSubstr("\"directives\" must be"));
    EXPECT_THAT(refusal("containers = 1\n"), HasSubstr("\"containers\" must be"));
    EXPECT_THAT(refusal("[[directives]\n"), HasSubstr("line 1"));
}

TEST(MetadataFile, ChecksFiltersWithThePlaceInside) {
    EXPECT_THAT(refusal("[[directives]]\n\nfilter = 'name.startswith(x)'\n"),
                AllOf(HasSubstr("directive 1 (line 1): the filter in line 3: line 1, column 6"),
                      HasSubstr("starts_with")));
}

TEST(MetadataFile, ChecksParentsAtOnce) {
    EXPECT_THAT(refusal("[containers.base]\n[[directives]]\nparent = \"bas\"\n"),
                AllOf(HasSubstr("directive 1"), HasSubstr("the parent \"bas\" is not defined"),
                      HasSubstr("did you mean \"base\"?")));
    EXPECT_THAT(refusal("[containers.a]\nparent = \"nope\"\n"),
                AllOf(HasSubstr("container \"a\""), HasSubstr("\"nope\"")));
    EXPECT_THAT(refusal("[containers.a]\nparent = \"b\"\n[containers.b]\nparent = \"c\"\n"
                        "[containers.c]\nparent = \"b\"\n"),
                HasSubstr("parent loop: b -> c -> b"));
    EXPECT_THAT(refusal("[containers.a]\nparent = \"a\"\n"), HasSubstr("a -> a"));
    EXPECT_THAT(refusal("[containers.host]\nuser = 1\n"), HasSubstr("built in"));
}

TEST(MetadataFile, IsStrictWhereADirectiveHasAParent) {
    EXPECT_THAT(refusal("[[directives]]\nparent = \"host\"\nmounts = []\nadded_mounts = []\n"),
                HasSubstr("\"added_mounts\" cannot accompany \"mounts\""));
    EXPECT_THAT(refusal("[[directives]]\nparent = { name = \"host\", use = [\"layers\"] }\n"
                        "added_mounts = []\n"),
                HasSubstr("\"use\" does not list"));
    EXPECT_THAT(refusal("[[directives]]\nparent = { name = \"host\", use = [\"user\"] }\n"
                        "user = 1\n"),
                HasSubstr("\"user\" is set here and also asked for"));
    EXPECT_THAT(refusal("[containers.a]\nadded_layers = []\n"), HasSubstr("write \"layers\""));
}

TEST(MetadataFile, IsLenientWhereItHasNone) {
    const Directive directive =
        parsed("[[directives]]\nlayers = [{ stubs = [\"/a\"] }]\nadded_layers = []\n"
               "added_mounts = []\nadded_environment = { A = \"b\" }\n")
            .directives.at(0);
    EXPECT_TRUE(directive.changes.layers);
    EXPECT_TRUE(directive.changes.added_environment);
}

TEST(MetadataFile, SaysThatImagesAreNotSupportedYet) {
    EXPECT_THAT(refusal("[[directives]]\nimage = \"docker://python\"\n"),
                AllOf(HasSubstr("directive 1"), HasSubstr("line 2"),
                      HasSubstr("images are not supported"), HasSubstr("parent = \"host\"")));
    EXPECT_THAT(refusal("[containers.a.image]\nname = \"x\"\n"),
                AllOf(HasSubstr("container \"a\""), HasSubstr("images are not supported")));
    EXPECT_THAT(refusal("[[directives]]\nadded_layers = [{ command = \"make\" }]\n"),
                HasSubstr("command layers are not supported"));
}

TEST(MetadataFile, FillsInVariablesInPathsOfLayers) {
    const Metadata metadata =
        parsed("[containers.a]\nlayers = [{ tar = \"<dir>/x.tar\" }]\n"
               "[[directives]]\nadded_layers = [{ paths = [\"<dir>/y\", \"<<dir>\"] }]\n",
               {.variables = {{"dir", "/build"}}});
    EXPECT_EQ(metadata.containers.at(0).container.layers.at(0),
              job::Layer(job::TarLayer{"/build/x.tar"}));
    EXPECT_EQ(metadata.directives.at(0).changes.added_layers->value.at(0),
              job::Layer(job::PathsLayer{.paths = {"/build/y", "<dir>"}, .options = {}}));
    EXPECT_THAT(refusal("[[directives]]\nadded_layers = [{ paths = [\"<dir>/y\"] }]\n"),
                AllOf(HasSubstr("directive 1"), HasSubstr("line 2"), HasSubstr("dir")));
}

TEST(MetadataFile, WarnsOnceOfAChainThatOthersReadDifferently) {
    EXPECT_THAT(parsed("[[directives]]\nfilter = 'all - none - none'\n").warning,
                ::testing::Optional(HasSubstr("directive 1")));
    EXPECT_FALSE(parsed("[[directives]]\nfilter = 'all'\n").warning);
}

TEST(LoadMetadata, TakesNoFileForNone) {
    const testing::TempDir directory;
    const auto metadata = load_metadata(directory / "none.toml", {});
    ASSERT_TRUE(metadata) << metadata.error().message();
    EXPECT_FALSE(*metadata);
}

TEST(LoadMetadata, NamesTheFileThatIsWrong) {
    const testing::TempDir directory;
    const std::string path = directory.write("m.toml", "wrong");
    EXPECT_THAT(load_metadata(path, {}).error().message(), HasSubstr(path));
    ::mkdir((directory / "directory.toml").c_str(), 0777);
    EXPECT_THAT(load_metadata(directory / "directory.toml", {}).error().message(),
                HasSubstr("directory.toml"));
}

TEST(WriteStarter, NeverTouchesAFileThatIsThere) {
    const testing::TempDir directory;
    const std::string path = directory / "m.toml";
    EXPECT_TRUE(write_starter(path, "# one\n").value());
    EXPECT_FALSE(write_starter(path, "# two\n").value());
    EXPECT_TRUE(load_metadata(path, {}).value());
    EXPECT_FALSE(write_starter(directory / "no/such/directory", "").has_value());
}

}  // namespace
}  // namespace maelstrom::runner
