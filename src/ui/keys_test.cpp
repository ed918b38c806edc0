#include "ui/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum Key;

TEST(Keys, AreToldFromOtherSequences) {
    EXPECT_THAT(keys_of("q\x1b[A\x1bOBf\x1b[6~x"),
                ElementsAre(quit, up, down, next_page, next_page));
    EXPECT_THAT(keys_of("\x1b[1;5Q\x1b[200q"), IsEmpty());
}

TEST(Keys, AreHeardBehindAnUnknownSequenceOfThreeBytes) {
    EXPECT_THAT(keys_of("\x1b[Cq"), ElementsAre(quit));
    EXPECT_THAT(keys_of("\x1b[C\x1b[A"), ElementsAre(up));
    EXPECT_THAT(keys_of("\x1bOPq"), ElementsAre(quit));
}

TEST(Keys, AreHeardBehindALetterThatCameWithAlt) {
    EXPECT_THAT(keys_of("\x1bxq"), ElementsAre(quit));
    EXPECT_THAT(keys_of("\x1bq"), IsEmpty());
}

TEST(Keys, AreHeardBehindTheEscapeKey) {
    EXPECT_THAT(keys_of("\x1b\x1b[A"), ElementsAre(up));
    EXPECT_THAT(keys_of("\x1b\x1b[1;5Q"), IsEmpty());
}

TEST(Keys, AreNoneInASequenceThatIsCutOff) {
    EXPECT_THAT(keys_of("\x1b"), IsEmpty());
    EXPECT_THAT(keys_of("\x1b["), IsEmpty());
    EXPECT_THAT(keys_of("\x1bO"), IsEmpty());
    EXPECT_THAT(keys_of("\x1b[1;5"), IsEmpty());
}

}  // namespace
}  // namespace maelstrom::ui
