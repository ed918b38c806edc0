#include "config/command_line.hpp"

#include <gmock/gmock.h>

namespace maelstrom::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

const std::vector<Option>& some_options() {
    static const std::vector<Option> options{
        {.name = "slots", .letter = 's', .kind = Kind::slots},
        {.name = "file", .letter = 'f', .kind = Kind::path, .scope = Scope::command_line},
        {.name = "one",
         .letter = '1',
         .kind = Kind::boolean,
         .scope = Scope::command_line,
         .excludes = {"tty"}},
        {.name = "tty", .letter = 't', .kind = Kind::boolean, .scope = Scope::command_line},
        {.name = "read-only", .kind = Kind::boolean},
        {.name = "include", .letter = 'i', .kind = Kind::list, .aliases = {"with"}},
    };
    return options;
}

CommandLine parse(std::vector<std::string> arguments) {
    return parse_command_line(some_options(), arguments);
}

TEST(CommandLine, TakesValuesInEverySpelling) {
    for (const std::vector<std::string>& spelling : std::vector<std::vector<std::string>>{
             {"--slots=4"}, {"--slots", "4"}, {"-s4"}, {"-s", "4"}, {"-s=4"}}) {
        EXPECT_THAT(parse(spelling).given, ElementsAre(Pair("slots", ElementsAre("4"))));
    }
}

TEST(CommandLine, AnEmptyValueIsAValue) {
    EXPECT_THAT(parse({"--file=", "-1"}).given,
                ElementsAre(Pair("file", ElementsAre("")), Pair("one", ElementsAre("true"))));
    EXPECT_THAT(parse({"-f="}).given, ElementsAre(Pair("file", ElementsAre(""))));
}

TEST(CommandLine, AValueMayBeginWithADash) {
    EXPECT_THAT(parse({"--file", "-x"}).given, ElementsAre(Pair("file", ElementsAre("-x"))));
}

TEST(CommandLine, SwitchesCanBeSwitchedOff) {
    EXPECT_THAT(parse({"--read-only"}).given, ElementsAre(Pair("read-only", ElementsAre("true"))));
    EXPECT_THAT(parse({"--read-only=false"}).given,
                ElementsAre(Pair("read-only", ElementsAre("false"))));
    EXPECT_THAT(parse({"--no-read-only"}).given,
                ElementsAre(Pair("read-only", ElementsAre("false"))));
    EXPECT_THAT(parse({"--read-only=maybe"}).mistake, Optional(HasSubstr("--read-only=maybe")));
}

TEST(CommandLine, ShortSwitchesCanBeJoined) {
    EXPECT_THAT(parse({"-1fx"}).given,
                ElementsAre(Pair("file", ElementsAre("x")), Pair("one", ElementsAre("true"))));
}

TEST(CommandLine, ListsAreRepeatedAndScalarsAreNot) {
    EXPECT_THAT(parse({"-i", "a", "--include=b", "--with", "[c,d]"}).given,
                ElementsAre(Pair("include", ElementsAre("a", "b", "[c,d]"))));
    EXPECT_THAT(parse({"-s1", "--slots=1"}).mistake, Optional(HasSubstr("--slots")));
    EXPECT_THAT(parse({"-1", "-1"}).mistake, Optional(HasSubstr("--one")));
    EXPECT_THAT(parse({"--read-only", "--no-read-only"}).mistake,
                Optional(HasSubstr("--read-only")));
}

TEST(CommandLine, OptionsEndAtTheFirstPositional) {
    const CommandLine line = parse({"-1", "sh", "-c", "exit 3", "--slots", "--", "--x=", "[a,b]"});
    EXPECT_EQ(line.mistake, std::nullopt);
    EXPECT_THAT(line.given, ElementsAre(Pair("one", ElementsAre("true"))));
    EXPECT_THAT(line.positionals,
                ElementsAre("sh", "-c", "exit 3", "--slots", "--", "--x=", "[a,b]"));
    EXPECT_FALSE(line.after_mark);
}

TEST(CommandLine, TwoDashesLetPositionalsBeginWithADash) {
    const CommandLine line = parse({"-1", "--", "-c", "--", "-s=4"});
    EXPECT_THAT(line.positionals, ElementsAre("-c", "--", "-s=4"));
    EXPECT_TRUE(line.after_mark);
}

TEST(CommandLine, ALoneDashIsAPositional) {
    EXPECT_THAT(parse({"-", "-1"}).positionals, ElementsAre("-", "-1"));
}

TEST(CommandLine, AbbreviationsAreUnknown) {
    EXPECT_THAT(parse({"--slot=4"}).mistake, Optional(HasSubstr("did you mean --slots?")));
    EXPECT_THAT(parse({"-x"}).mistake, Optional(HasSubstr("\"-x\"")));
    EXPECT_THAT(parse({"--slots=1", "--whatever", "x"}).mistake, Optional(HasSubstr("--whatever")));
}

TEST(CommandLine, AMissingValueNamesItsOption) {
    EXPECT_THAT(parse({"-1", "--slots"}).mistake, Optional(HasSubstr("\"--slots\"")));
}

TEST(CommandLine, OptionsThatExcludeEachOtherAreNamed) {
    EXPECT_THAT(parse({"-1", "-t"}).mistake,
                Optional(::testing::AllOf(HasSubstr("--one"), HasSubstr("--tty"))));
}

TEST(CommandLine, WhatStoodBeforeAMistakeIsStillKnown) {
    const CommandLine line = parse({"-1", "--nonsense", "--file"});
    EXPECT_TRUE(line.given.contains("one"));
    EXPECT_TRUE(line.mistake.has_value());
}

TEST(CommandLine, NothingGivesNothing) {
    EXPECT_THAT(parse({}).given, IsEmpty());
}

}  // namespace
}  // namespace maelstrom::config
