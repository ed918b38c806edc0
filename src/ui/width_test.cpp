#include "ui/width.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

TEST(DisplayWidth, CountsAsciiAsOneColumnEach) {
    EXPECT_EQ(display_width("test_add[1-2]"), 13U);
}

TEST(DisplayWidth, CountsEastAsianWideCharactersAndEmojiAsTwo) {
    EXPECT_EQ(display_width("日本"), 4U);
    EXPECT_EQ(display_width("한"), 2U);
    EXPECT_EQ(display_width("🎉"), 2U);
    EXPECT_EQ(display_width("Ａ"), 2U);
}

TEST(DisplayWidth, CountsCombiningMarksAndFormatCharactersAsNothing) {
    EXPECT_EQ(display_width("e\u0301"), 1U);
    EXPECT_EQ(display_width("a\u200Db"), 2U);
    EXPECT_EQ(display_width("\u00E9"), 1U);
}

TEST(LastColumns, NeverSplitsAWideCharacter) {
    EXPECT_EQ(last_columns("ab日本", 4), "日本");
    EXPECT_EQ(last_columns("ab日本", 3), "本");
}

TEST(LastColumns, DoesNotBeginWithAMarkThatLostItsCharacter) {
    EXPECT_EQ(last_columns("xe\u0301z", 1), "z");
    EXPECT_EQ(last_columns("xe\u0301z", 2), "e\u0301z");
}

TEST(FirstColumns, KeepsTheMarksOfTheLastCharacter) {
    EXPECT_EQ(first_columns("e\u0301z", 1), "e\u0301");
    EXPECT_EQ(first_columns("日本", 3), "日");
}

TEST(Printable, WritesControlCharactersAsEscapes) {
    EXPECT_EQ(printable("a\x1b[31mb\nc\x7f"), "a\\x1b[31mb\\nc\\x7f");
}

TEST(Printable, ReplacesInvalidUtf8AndKeepsTheRest) {
    EXPECT_EQ(printable("é\xff"), "é\uFFFD");
}

}  // namespace
}  // namespace maelstrom::ui
