#include "filter/glob.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace maelstrom::filter {

namespace {

using ::testing::HasSubstr;

bool globs(std::string_view glob, std::string_view text) {
    const auto pattern = Pattern::glob(glob);
    EXPECT_TRUE(pattern) << pattern.error().message;
    return pattern && pattern->is_in(text);
}

std::string refusal_of_glob(std::string_view glob) {
    const auto pattern = Pattern::glob(glob);
    return pattern ? "" : fmt::format("{}: {}", pattern.error().offset, pattern.error().message);
}

TEST(Glob, MatchesTheWholeText) {
    EXPECT_TRUE(globs("abc", "abc"));
    EXPECT_FALSE(globs("abc", "xabc"));
    EXPECT_FALSE(globs("abc", "abcx"));
    EXPECT_FALSE(globs("abc", "abc\n"));
    EXPECT_TRUE(globs("", ""));
    EXPECT_FALSE(globs("", "a"));
}

TEST(Glob, LetsStarAndQuestionMarkCrossSlashesAndLines) {
    EXPECT_TRUE(globs("a*c", "a/b/c"));
    EXPECT_TRUE(globs("a*c", "ac"));
    EXPECT_TRUE(globs("a*c", "a\nc"));
    EXPECT_TRUE(globs("a?c", "a/c"));
    EXPECT_TRUE(globs("a?c", "aäc"));
    EXPECT_FALSE(globs("a?c", "ac"));
    EXPECT_FALSE(globs("a?c", "a//c"));
}

TEST(Glob, LetsStarsMatchNamesThatAreNoUtf8) {
    EXPECT_TRUE(globs("tests/*.py", "tests/\xFF\xFE.py"));
}

TEST(Glob, LetsLeadingComponentsBeMissing) {
    EXPECT_TRUE(globs("**/kv", "kv"));
    EXPECT_TRUE(globs("**/kv", "a/kv"));
    EXPECT_TRUE(globs("**/kv", "a/b/kv"));
    EXPECT_FALSE(globs("**/kv", "akv"));
}

TEST(Glob, WantsTheSlashBeforeTrailingComponents) {
    EXPECT_TRUE(globs("kv/**", "kv/a"));
    EXPECT_TRUE(globs("kv/**", "kv/a/b"));
    EXPECT_FALSE(globs("kv/**", "kv"));
    EXPECT_FALSE(globs("kv/**", "kva"));
}

TEST(Glob, LetsComponentsInBetweenBeMissing) {
    EXPECT_TRUE(globs("a/**/b", "a/b"));
    EXPECT_TRUE(globs("a/**/b", "a/x/b"));
    EXPECT_TRUE(globs("a/**/b", "a/x/y/b"));
    EXPECT_FALSE(globs("a/**/b", "a/xb"));
    EXPECT_FALSE(globs("a/**/b", "ab"));
    EXPECT_TRUE(globs("a/**/**/b", "a/b"));
    EXPECT_FALSE(globs("a/**/**/b", "ab"));
}

TEST(Glob, TakesOtherDoubleStarsForOne) {
    EXPECT_TRUE(globs("a**b", "a/x/b"));
    EXPECT_TRUE(globs("a**b", "ab"));
    EXPECT_TRUE(globs("**", "a/b"));
    EXPECT_FALSE(globs("a**/b", "ab"));
    EXPECT_TRUE(globs("***/b", "a/b"));
    EXPECT_FALSE(globs("***/b", "b"));
}

TEST(Glob, KnowsSetsOfCharacters) {
    EXPECT_TRUE(globs("[abc]", "b"));
    EXPECT_FALSE(globs("[abc]", "d"));
    EXPECT_TRUE(globs("[a-z]", "q"));
    EXPECT_FALSE(globs("[a-z]", "Q"));
    EXPECT_FALSE(globs("[!a-z]", "q"));
    EXPECT_TRUE(globs("[!a-z]", "Q"));
    EXPECT_TRUE(globs("[^a]", "/"));
    EXPECT_TRUE(globs("[ä-ü]", "ö"));
}

TEST(Glob, TakesBracketsAndDashesAtTheEdgesOfSetsForThemselves) {
    EXPECT_TRUE(globs("[]]", "]"));
    EXPECT_TRUE(globs("[!]]", "a"));
    EXPECT_FALSE(globs("[!]]", "]"));
    EXPECT_TRUE(globs("[-a]", "-"));
    EXPECT_TRUE(globs("[a-]", "-"));
    EXPECT_TRUE(globs("[\\]", "\\"));
    EXPECT_TRUE(globs("[^^]", "a"));
    EXPECT_TRUE(globs("[[:]", "["));
}

TEST(Glob, KnowsNestedAlternatives) {
    EXPECT_TRUE(globs("{a,b{c,d}}x", "ax"));
    EXPECT_TRUE(globs("{a,b{c,d}}x", "bdx"));
    EXPECT_FALSE(globs("{a,b{c,d}}x", "bx"));
    EXPECT_TRUE(globs("a{,b}", "a"));
    EXPECT_TRUE(globs("{**/kv,x}", "kv"));
    EXPECT_TRUE(globs("{x,**/kv}", "a/kv"));
    EXPECT_TRUE(globs("a,b", "a,b"));
}

TEST(Glob, TakesWhatFollowsABackslashForItself) {
    EXPECT_TRUE(globs("\\*", "*"));
    EXPECT_FALSE(globs("\\*", "a"));
    EXPECT_TRUE(globs("\\{\\,\\}", "{,}"));
    EXPECT_TRUE(globs("\\\\", "\\"));
    EXPECT_TRUE(globs("\\ä", "ä"));
}

TEST(Glob, LeavesTheSignsOfRegularExpressionsAlone) {
    EXPECT_TRUE(globs("a.b+(c)|$^", "a.b+(c)|$^"));
    EXPECT_FALSE(globs("a.b", "axb"));
    EXPECT_TRUE(globs("\t\x01", "\t\x01"));
}

TEST(Glob, SaysWhereItIsWrong) {
    EXPECT_THAT(refusal_of_glob("a[b"), HasSubstr("1: this bracket has no closing one"));
    EXPECT_THAT(refusal_of_glob("a[]"), HasSubstr("1: this bracket has no closing one"));
    EXPECT_THAT(refusal_of_glob("a["), HasSubstr("1: this bracket has no closing one"));
    EXPECT_THAT(refusal_of_glob("a{b"), HasSubstr("1: this brace has no closing one"));
    EXPECT_THAT(refusal_of_glob("ab}"), HasSubstr("2: no brace is open here"));
    EXPECT_THAT(refusal_of_glob("ab\\"), HasSubstr("2: a backslash stands before"));
    EXPECT_THAT(refusal_of_glob("[z-a]"), HasSubstr("1: the range \"z-a\" ends before it begins"));
    EXPECT_THAT(refusal_of_glob("a\xFF"), HasSubstr("it is not UTF-8"));
    EXPECT_THAT(refusal_of_glob(std::string(101, '{')), HasSubstr("nested more than 100 deep"));
}

}  // namespace

}  // namespace maelstrom::filter
