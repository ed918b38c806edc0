#include "util/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::util {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;

TEST(Text, SplitsAtSeparatorsWordsAndLines) {
    EXPECT_THAT(split("a::b", ':'), ElementsAre("a", "", "b"));
    EXPECT_THAT(split("", ':'), ElementsAre(""));
    EXPECT_THAT(split_words(" a\t b\n"), ElementsAre("a", "b"));
    EXPECT_THAT(split_words("  "), ElementsAre());
    EXPECT_THAT(split_lines("a\n\nb\n"), ElementsAre("a", "", "b"));
    EXPECT_THAT(split_lines(""), ElementsAre());
}

TEST(Text, KnowsWellFormedUtf8) {
    EXPECT_TRUE(is_utf8("aé€😀"));
    EXPECT_FALSE(is_utf8("\xC0\x80"));          // overlong
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
    EXPECT_FALSE(is_utf8("\xE2\x82"));          // cut off
}

TEST(Text, ReplacesWhatIsNotUtf8) {
    EXPECT_EQ(to_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
}

TEST(Text, QuotesControlCharactersForMessages) {
    EXPECT_EQ(quoted("a\"b\n\x01"), "\"a\\\"b\\n\\x01\"");
}

TEST(Text, SuggestsTheNearestWordOnlyIfItIsNear) {
    const std::vector<std::string_view> words{"layers", "mounts", "network"};
    EXPECT_THAT(nearest("layer", words), Optional(Eq("layers")));
    EXPECT_THAT(nearest("muonts", words), Optional(Eq("mounts")));
    EXPECT_THAT(nearest("zzz", words), Eq(std::nullopt));
}

}  // namespace
}  // namespace maelstrom::util
