#include "runner/ignore_rules.hpp"

#include <gtest/gtest.h>

namespace maelstrom::runner {
namespace {

bool file(std::string_view rules, std::string_view path) {
    IgnoreRules all;
    all.read("", rules);
    return all.ignore(path, false);
}
bool directory(std::string_view rules, std::string_view path) {
    IgnoreRules all;
    all.read("", rules);
    return all.ignore(path, true);
}

TEST(IgnoreRules, FitNamesAnywhere) {
    EXPECT_TRUE(file("*.log", "a.log"));
    EXPECT_TRUE(file("*.log", "deep/down/a.log"));
    EXPECT_FALSE(file("*.log", "a.log.txt"));
    EXPECT_TRUE(directory("build", "x/build"));
}

TEST(IgnoreRules, AreTiedToTheirDirectoryByASlash) {
    EXPECT_TRUE(file("/a.log", "a.log"));
    EXPECT_FALSE(file("/a.log", "x/a.log"));
    EXPECT_TRUE(file("x/*.log", "x/a.log"));
    EXPECT_FALSE(file("x/*.log", "x/y/a.log"));
    EXPECT_FALSE(file("x/*.log", "z/x/a.log"));
}

TEST(IgnoreRules, FitDirectoriesAloneWhereTheyEndInASlash) {
    EXPECT_TRUE(directory("out/", "out"));
    EXPECT_TRUE(directory("out/", "x/out"));
    EXPECT_FALSE(file("out/", "out"));
}

TEST(IgnoreRules, LetTwoStarsCrossDirectories) {
    EXPECT_TRUE(file("a/**/z", "a/z"));
    EXPECT_TRUE(file("a/**/z", "a/b/c/z"));
    EXPECT_TRUE(file("**/z", "z"));
    EXPECT_TRUE(file("a/**", "a/b"));
    EXPECT_FALSE(directory("a/**", "a"));
}

TEST(IgnoreRules, TakeBackAndLetTheLastOneWin) {
    EXPECT_FALSE(file("*.log\n!keep.log", "keep.log"));
    EXPECT_TRUE(file("!keep.log\n*.log", "keep.log"));
}

TEST(IgnoreRules, SkipCommentsAndBlanks) {
    EXPECT_FALSE(file("# a\n\n  \n", "# a"));
    EXPECT_TRUE(file("\\#a  \r\n", "#a"));
    EXPECT_TRUE(file("\\!a", "!a"));
}

TEST(IgnoreRules, OfInnerFilesBeatThoseOfOuterOnes) {
    IgnoreRules rules;
    rules.read("sub", "!a.log\nonly");
    rules.read("", "*.log");
    EXPECT_TRUE(rules.ignore("a.log", false));
    EXPECT_FALSE(rules.ignore("sub/a.log", false));
    EXPECT_TRUE(rules.ignore("sub/only", false));
    EXPECT_FALSE(rules.ignore("only", false));
    rules.read("sub", "");
    EXPECT_TRUE(rules.ignore("sub/a.log", false));
}

TEST(FitsSegment, KnowsStarsQuestionMarksAndSets) {
    EXPECT_TRUE(fits_segment("a*c?e", "abbbcde"));
    EXPECT_FALSE(fits_segment("a*c?e", "abbbce"));
    EXPECT_TRUE(fits_segment("[a-c][!x]", "bz"));
    EXPECT_FALSE(fits_segment("[a-c][!x]", "bx"));
    EXPECT_TRUE(fits_segment("[]]", "]"));
    EXPECT_TRUE(fits_segment("[", "["));
    EXPECT_TRUE(fits_segment("\\*", "*"));
    EXPECT_FALSE(fits_segment("\\*", "a"));
    EXPECT_TRUE(fits_segment("*", ""));
    EXPECT_FALSE(fits_segment("", "a"));
    EXPECT_FALSE(fits_segment("*a*a*a*a*a*b", std::string(2000, 'a')));
}

}  // namespace
}  // namespace maelstrom::runner
