#include "ui/wrap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

using ::testing::ElementsAre;

TEST(Wrapped, KeepsIndentationAndEmptyLines) {
    EXPECT_THAT(wrapped("    a\n\n  b\n", 20, false), ElementsAre("    a", "", "  b"));
}

TEST(Wrapped, CutsLinesAtTheEdge) {
    EXPECT_THAT(wrapped("abcdef", 3, false), ElementsAre("abc", "def"));
    EXPECT_THAT(wrapped("ab日本", 3, false), ElementsAre("ab", "日", "本"));
    EXPECT_THAT(wrapped("cafe\u0301s", 4, false), ElementsAre("cafe\u0301", "s"));
}

TEST(Wrapped, LeavesOutWhatFitsNowhere) {
    EXPECT_THAT(wrapped("a日b", 1, false), ElementsAre("a", "b"));
}

TEST(Wrapped, TurnsTabsIntoBlanks) {
    EXPECT_THAT(wrapped("a\tb", 20, false), ElementsAre("a       b"));
    EXPECT_THAT(wrapped("\tb", 4, false), ElementsAre("    ", "b"));
}

TEST(Wrapped, LetsNothingButColoursThrough) {
    const char* text = "\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m\x07\r\n";
    EXPECT_THAT(wrapped(text, 40, true), ElementsAre("\x1b[31mred\x1b[0m\\x07"));
    EXPECT_THAT(wrapped(text, 40, false), ElementsAre("red\\x07"));
}

TEST(Wrapped, GoesOnWithAColourOnTheNextLine) {
    EXPECT_THAT(
        wrapped("\x1b[31mab\ncd\x1b[m", 1, true),
        ElementsAre("\x1b[31ma\x1b[0m", "\x1b[31mb\x1b[0m", "\x1b[31mc\x1b[0m", "\x1b[31md\x1b[m"));
}

}  // namespace
}  // namespace maelstrom::ui
