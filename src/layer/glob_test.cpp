#include "layer/glob.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::layer {
namespace {

using ::testing::HasSubstr;

bool matches(std::string_view pattern, std::string_view path) {
    const auto glob = Glob::compile(pattern);
    EXPECT_TRUE(glob) << glob.error().message();
    return Matcher(*glob).matches(path);
}

TEST(Glob, TakesLettersAsTheyAre) {
    EXPECT_TRUE(matches("a/b.txt", "a/b.txt"));
    EXPECT_FALSE(matches("a/b.txt", "a/bxtxt"));
    EXPECT_FALSE(matches("a", "A"));
}

TEST(Glob, LetsAStarCrossSlashes) {
    EXPECT_TRUE(matches("*.txt", "x.txt"));
    EXPECT_TRUE(matches("*.txt", "a/b/x.txt"));
    EXPECT_TRUE(matches("*.txt", ".txt"));
    EXPECT_FALSE(matches("*.txt", "x.txt.gz"));
}

TEST(Glob, TakesOneCharacterForAQuestionMark) {
    EXPECT_TRUE(matches("a?c", "abc"));
    EXPECT_TRUE(matches("a?c", "aéc"));
    EXPECT_FALSE(matches("a?c", "ac"));
    EXPECT_FALSE(matches("a?c", "abbc"));
}

TEST(Glob, TakesBytesThatAreNoTextForNothingElse) {
    EXPECT_TRUE(matches("\xC0\x04", "\xC0\x04"));
    EXPECT_FALSE(matches("\x04", "\xC0\x04"));
    EXPECT_FALSE(matches("/", "\xC0\xAF"));
    EXPECT_FALSE(matches("é", "\xE9"));
    EXPECT_TRUE(matches("a?c", "a\xFF"
                               "c"));
}

TEST(Glob, MatchesBelowADirectoryButNotTheDirectory) {
    EXPECT_TRUE(matches("x/**", "x/a"));
    EXPECT_TRUE(matches("x/**", "x/a/b"));
    EXPECT_FALSE(matches("x/**", "x"));
    EXPECT_FALSE(matches("x/**", "y/x/a"));
}

TEST(Glob, MatchesAtAnyDepth) {
    EXPECT_TRUE(matches("**/x", "x"));
    EXPECT_TRUE(matches("**/x", "a/b/x"));
    EXPECT_FALSE(matches("**/x", "ax"));
    EXPECT_TRUE(matches("a/**/b", "a/b"));
    EXPECT_TRUE(matches("a/**/b", "a/x/y/b"));
    EXPECT_FALSE(matches("a/**/b", "ab"));
    EXPECT_FALSE(matches("a/**/b", "a/xb"));
    EXPECT_TRUE(matches("**", "anything/at/all"));
}

TEST(Glob, KnowsClasses) {
    EXPECT_TRUE(matches("[abc]", "b"));
    EXPECT_TRUE(matches("[a-z]1", "q1"));
    EXPECT_FALSE(matches("[!a-z]", "q"));
    EXPECT_TRUE(matches("[!a-z]", "Q"));
    EXPECT_TRUE(matches("[]]", "]"));
    EXPECT_TRUE(matches("[a-]", "-"));
    EXPECT_TRUE(matches("[à-ü]", "é"));
}

TEST(Glob, KnowsAlternativesNestedAndEmpty) {
    EXPECT_TRUE(matches("{a,b}.c", "b.c"));
    EXPECT_TRUE(matches("x{,1,{2,3}}", "x"));
    EXPECT_TRUE(matches("x{,1,{2,3}}", "x3"));
    EXPECT_FALSE(matches("x{,1,{2,3}}", "x4"));
    EXPECT_TRUE(matches("{**/,}a", "q/a"));
    EXPECT_TRUE(matches("*.{py,txt}", "d/a.py"));
}

TEST(Glob, TakesAnEscapedCharacterAsItIs) {
    EXPECT_TRUE(matches("a\\*", "a*"));
    EXPECT_FALSE(matches("a\\*", "ab"));
    EXPECT_TRUE(matches("a,b", "a,b"));
}

TEST(Glob, NeedsNoMoreThanALookAtEachCharacter) {
    const std::string stars = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
    EXPECT_FALSE(matches(stars, std::string(2000, 'a')));
}

TEST(Glob, StartsAtTheLongestLiteralDirectory) {
    EXPECT_EQ(Glob::compile("a/b/c*.txt")->start(), "a/b");
    EXPECT_EQ(Glob::compile("a/b")->start(), "a");
    EXPECT_EQ(Glob::compile("*")->start(), "");
    EXPECT_EQ(Glob::compile("a\\[1]/x*")->start(), "a[1]");
    EXPECT_EQ(Glob::compile("{a,b}/c")->start(), "");
}

TEST(Glob, SaysWhatIsWrongWithAPattern) {
    EXPECT_THAT(Glob::compile("a[b").error().message(),
                HasSubstr("\"a[b\": the [ has no closing ]"));
    EXPECT_THAT(Glob::compile("{a").error().message(), HasSubstr("the { has no closing }"));
    EXPECT_THAT(Glob::compile("a}").error().message(), HasSubstr("a closing } has no opening one"));
    EXPECT_THAT(Glob::compile("a\\").error().message(), HasSubstr("ends in a backslash"));
    EXPECT_THAT(Glob::compile("[z-a]").error().message(), HasSubstr("runs backwards"));
    EXPECT_FALSE(Glob::compile(std::string(1000, '{')));
}

}  // namespace
}  // namespace maelstrom::layer
