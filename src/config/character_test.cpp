#include "config/character.hpp"

#include <gmock/gmock.h>

namespace maelstrom::config {
namespace {

using ::testing::HasSubstr;

char parsed(std::string_view text) {
    return parse_character(text).value();
}

std::string complaint(std::string_view text) {
    const auto result = parse_character(text);
    return result ? "" : result.error().message();
}

TEST(Character, IsItselfWhenAlone) {
    EXPECT_EQ(parsed("~"), '~');
    EXPECT_EQ(parsed("^"), '^');
    EXPECT_EQ(parsed("\\"), '\\');
}

TEST(Character, CaretMakesControlCharacters) {
    EXPECT_EQ(parsed("^]"), 29);
    EXPECT_EQ(parsed("^A"), 1);
    EXPECT_EQ(parsed("^@"), 0);
    EXPECT_EQ(parsed("^?"), 127);
}

TEST(Character, BackslashEscapesAreUnderstood) {
    EXPECT_EQ(parsed("\\n"), '\n');
    EXPECT_EQ(parsed("\\0"), '\0');
    EXPECT_EQ(parsed("\\\""), '"');
    EXPECT_EQ(parsed("\\x1D"), 29);
    EXPECT_EQ(parsed("\\x7f"), 127);
}

TEST(Character, EachMistakeHasItsOwnText) {
    EXPECT_THAT(complaint(""), HasSubstr("found nothing"));
    EXPECT_THAT(complaint("ä"), HasSubstr("ASCII"));
    EXPECT_THAT(complaint("^a"), HasSubstr("after ^"));
    EXPECT_THAT(complaint("^Ab"), HasSubstr("nothing may follow"));
    EXPECT_THAT(complaint("\\q"), HasSubstr("backslash escape"));
    EXPECT_THAT(complaint("\\x1"), HasSubstr("two hexadecimal digits"));
    EXPECT_THAT(complaint("\\x80"), HasSubstr("largest"));
    EXPECT_THAT(complaint("ab"), HasSubstr("too long"));
}

TEST(Character, IsShownInCaretNotationIfItControls) {
    EXPECT_EQ(show_character('\x1d'), "^]");
    EXPECT_EQ(show_character('\x7f'), "^?");
    EXPECT_EQ(show_character('~'), "~");
}

}  // namespace
}  // namespace maelstrom::config
