#include "terminal/escape.hpp"

#include <gmock/gmock.h>

namespace maelstrom::terminal {
namespace {

using Command = EscapeFilter::Command;

constexpr char escape = 29;

class Escape : public ::testing::Test {
protected:
    Command type(std::string_view input) {
        const Command command = filter.feed(input, to_job);
        rest = input;
        return command;
    }

    EscapeFilter filter{escape};
    std::string to_job;
    std::string rest;
};

TEST_F(Escape, OrdinaryKeysPassByteForByte) {
    EXPECT_EQ(type(std::string_view("a\0\x03\x1a\xff", 5)), Command::none);
    EXPECT_EQ(to_job, std::string_view("a\0\x03\x1a\xff", 5));
}

TEST_F(Escape, ControlCKills) {
    EXPECT_EQ(type("ab\x1d\x03zz"), Command::kill);
    EXPECT_EQ(to_job, "ab");
}

TEST_F(Escape, ControlZSuspendsAndTheRestWaits) {
    EXPECT_EQ(type("ab\x1d\x1azz"), Command::suspend);
    EXPECT_EQ(to_job, "ab");
    EXPECT_EQ(rest, "zz");
}

TEST_F(Escape, TwiceIsOnce) {
    type("\x1d\x1d");
    EXPECT_EQ(to_job, "\x1d");
    EXPECT_FALSE(filter.pending());
}

TEST_F(Escape, ThreeAreOneAndAWaitingOne) {
    type("\x1d\x1d\x1d");
    EXPECT_EQ(to_job, "\x1d");
    EXPECT_TRUE(filter.pending());
}

TEST_F(Escape, WithAnythingElseBothPass) {
    type("\x1dx");
    EXPECT_EQ(to_job, "\x1dx");
}

TEST_F(Escape, AtTheEndOfAChunkWaitsForTheNext) {
    EXPECT_EQ(type("pasted text\x1d"), Command::none);
    EXPECT_EQ(to_job, "pasted text");
    EXPECT_TRUE(filter.pending());
    EXPECT_EQ(type("\x03"), Command::kill);
}

TEST_F(Escape, AfterAPauseItIsItself) {
    type("\x1d");
    filter.give_up(to_job);
    EXPECT_EQ(to_job, "\x1d");
    EXPECT_EQ(type("\x03"), Command::none);
    EXPECT_EQ(to_job, "\x1d\x03");
}

TEST_F(Escape, GivingUpWithoutOneAddsNothing) {
    type("a");
    filter.give_up(to_job);
    EXPECT_EQ(to_job, "a");
}

TEST(EscapeOfControlC, CanStillBeSent) {
    EscapeFilter filter('\x03');
    std::string to_job;
    std::string_view input("\x03\x03");
    EXPECT_EQ(filter.feed(input, to_job), Command::none);
    EXPECT_EQ(to_job, "\x03");
}

}  // namespace
}  // namespace maelstrom::terminal
