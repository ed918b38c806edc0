#include "job/template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::job {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::map<std::string, std::string> variables{{"dir", "out"}, {"-a1", "x"}};

std::string substituted(std::string_view text) {
    const auto result = substitute(text, variables);
    return result ? *result : "error: " + result.error().message();
}

TEST(Template, ReplacesVariables) {
    EXPECT_EQ(substituted("<dir>/a/<-a1><dir>"), "out/a/xout");
}

TEST(Template, HalvesEscapes) {
    EXPECT_EQ(substituted("<<dir>"), "<dir>");
    EXPECT_EQ(substituted("<<<dir>"), "<out");
    EXPECT_EQ(substituted("<<<<dir>"), "<<dir>");
    EXPECT_EQ(substituted("<<unknown>"), "<unknown>");
}

TEST(Template, LeavesOtherAnglesAlone) {
    for (const std::string_view text : {"a < b", "<dir", "<1a>", "<>", "<<", "<a b>", "a>b", ""}) {
        EXPECT_EQ(substituted(text), text);
    }
}

TEST(Template, NamesAnUnknownVariable) {
    EXPECT_THAT(substituted("a/<build>"), AllOf(HasSubstr("<build>"), HasSubstr("\"dir\"")));
}

TEST(Template, ReachesEveryPathOfALayer) {
    EXPECT_EQ(
        *substitute(Layer(GlobLayer{"<dir>/*", {false, false, "<dir>", "/<dir>"}}), variables),
        Layer(GlobLayer{"out/*", {false, false, "out", "/out"}}));
    EXPECT_EQ(*substitute(Layer(SymlinksLayer{{{"<dir>", "<dir>"}}}), variables),
              Layer(SymlinksLayer{{{"out", "out"}}}));
    EXPECT_EQ(*substitute(Layer(CommandLayer{{"<dir>"}}), variables),
              Layer(CommandLayer{{"<dir>"}}));
}

TEST(Template, QuotesThePathThatIsWrong) {
    const auto layer = substitute(Layer(PathsLayer{{"ok", "x<no>"}, {}}), variables);
    ASSERT_FALSE(layer);
    EXPECT_THAT(layer.error().message(), HasSubstr("\"x<no>\""));
}

}  // namespace
}  // namespace maelstrom::job
