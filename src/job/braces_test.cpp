#include "job/braces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::job {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> words_of(std::string_view text) {
    auto words = expand_braces(text);
    return words ? *std::move(words)
                 : std::vector<std::string>{"error: " + words.error().message()};
}

std::string braces_complaint(std::string_view text) {
    const auto words = expand_braces(text);
    return words ? "no error" : words.error().message();
}

TEST(Braces, LeavesTextWithoutAnOpeningBraceAlone) {
    EXPECT_THAT(words_of("/a}b\\c,d"), ElementsAre("/a}b\\c,d"));
    EXPECT_THAT(words_of(""), ElementsAre(""));
}

TEST(Braces, TakesEveryAlternativeEmptyOnesToo) {
    EXPECT_THAT(words_of("/a/{b,c,}"), ElementsAre("/a/b", "/a/c", "/a/"));
    EXPECT_THAT(words_of("x{,}"), ElementsAre("x", "x"));
    EXPECT_THAT(words_of("{a}"), ElementsAre("a"));
}

TEST(Braces, MultipliesGroupsLeftmostSlowest) {
    EXPECT_THAT(words_of("{a,b}/{1,2}"), ElementsAre("a/1", "a/2", "b/1", "b/2"));
}

TEST(Braces, Nest) {
    EXPECT_THAT(words_of("run/{lock,x{1..2}}/"), ElementsAre("run/lock/", "run/x1/", "run/x2/"));
    EXPECT_THAT(words_of("{a,{b,c}d,e}"), ElementsAre("a", "bd", "cd", "e"));
}

TEST(Braces, CountInclusiveRanges) {
    EXPECT_THAT(words_of("{1..3}"), ElementsAre("1", "2", "3"));
    EXPECT_THAT(words_of("{-1..1}"), ElementsAre("-1", "0", "1"));
    EXPECT_THAT(words_of("{7..7}"), ElementsAre("7"));
}

TEST(Braces, CountDownPaddedSteppedAndInLettersAsBashDoes) {
    EXPECT_THAT(words_of("{3..1}"), ElementsAre("3", "2", "1"));
    EXPECT_THAT(words_of("{08..10}"), ElementsAre("08", "09", "10"));
    EXPECT_THAT(words_of("{-01..1}"), ElementsAre("-01", "000", "001"));
    EXPECT_THAT(words_of("{0..6..3}"), ElementsAre("0", "3", "6"));
    EXPECT_THAT(words_of("{c..a}"), ElementsAre("c", "b", "a"));
}

TEST(Braces, TakeWhatOnlyResemblesARangeAsOneItem) {
    EXPECT_THAT(words_of("{1..b}"), ElementsAre("1..b"));
    EXPECT_THAT(words_of("{a..}"), ElementsAre("a.."));
    EXPECT_THAT(words_of("{1..2,x}"), ElementsAre("1..2", "x"));
}

TEST(Braces, KeepBlanksAndCommasOutsideGroups) {
    EXPECT_THAT(words_of("{a, b}"), ElementsAre("a", " b"));
    EXPECT_THAT(words_of("a,{b}"), ElementsAre("a,b"));
}

TEST(Braces, EscapeWithABackslash) {
    EXPECT_THAT(words_of("\\{a,b\\}{c\\,d,\\}}"), ElementsAre("{a,b}c,d", "{a,b}}"));
    EXPECT_THAT(words_of("{1\\..3}"), ElementsAre("1..3"));
}

TEST(Braces, QuoteTheTextWhenUnbalanced) {
    EXPECT_THAT(braces_complaint("/dev/{null"), HasSubstr("\"/dev/{null\""));
    EXPECT_THAT(braces_complaint("/dev/{null"), HasSubstr("never closed"));
    EXPECT_THAT(braces_complaint("{a}}"), HasSubstr("has no \"{\""));
    EXPECT_THAT(braces_complaint("a{}"), HasSubstr("holds nothing"));
    EXPECT_THAT(braces_complaint("{a,{b}"), HasSubstr("character 1"));
    EXPECT_THAT(braces_complaint("{a\\"), HasSubstr("escapes nothing"));
}

TEST(Braces, RefuseToGrowWithoutBound) {
    EXPECT_THAT(braces_complaint("{1..999999999}"), HasSubstr("more than"));
    EXPECT_THAT(braces_complaint("{1..99999999999999999999}"), HasSubstr("too large"));
    EXPECT_THAT(braces_complaint("{1..300}{1..300}"), HasSubstr("more than"));
    EXPECT_THAT(braces_complaint(std::string(1000, '{')), HasSubstr("too deep"));
    const std::string thousand(1000, 'x');
    EXPECT_THAT(braces_complaint("{1..60000}" + thousand), HasSubstr("more than"));
}

}  // namespace
}  // namespace maelstrom::job
