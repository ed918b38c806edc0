#include "config/parted.hpp"

#include <gmock/gmock.h>

namespace maelstrom::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

Program program_with(Positional positional) {
    Program program;
    program.positional = positional;
    program.options = {{.name = "list", .letter = 'l', .kind = Kind::boolean},
                       {.name = "repeat", .letter = 'r', .kind = Kind::number, .aliases = {"loop"}},
                       {.name = "stop-after", .letter = 's', .kind = Kind::number},
                       {.name = "exclude", .letter = 'x', .kind = Kind::list}};
    return program;
}

Parted parted(const std::vector<std::string>& arguments) {
    return part(
        program_with(
            {.options_may_follow = true, .foreign_options = true, .foreign_letters = "kxs"}),
        arguments);
}

::testing::Matcher<Parted> are(::testing::Matcher<std::vector<std::string>> options,
                               ::testing::Matcher<std::vector<std::string>> positionals) {
    return AllOf(Field("options", &Parted::options, std::move(options)),
                 Field("positionals", &Parted::positionals, std::move(positionals)));
}

TEST(Parted, OptionsMayStandBehindPositionals) {
    EXPECT_THAT(parted({"a", "--list", "b"}), are(ElementsAre("--list"), ElementsAre("a", "b")));
    EXPECT_THAT(parted({"a", "--no-list", "-l"}),
                are(ElementsAre("--no-list", "-l"), ElementsAre("a")));
}

TEST(Parted, ValuesStayWithTheirOptions) {
    EXPECT_THAT(parted({"a", "--repeat", "3", "b"}),
                are(ElementsAre("--repeat", "3"), ElementsAre("a", "b")));
    EXPECT_THAT(parted({"a", "--loop=3", "b"}),
                are(ElementsAre("--loop=3"), ElementsAre("a", "b")));
    EXPECT_THAT(parted({"a", "-r3", "-r=3", "-r", "3"}),
                are(ElementsAre("-r3", "-r=3", "-r", "3"), ElementsAre("a")));
    EXPECT_THAT(parted({"a", "-lr", "3"}), are(ElementsAre("-lr", "3"), ElementsAre("a")));
}

TEST(Parted, AValueThatIsMissingIsLeftToTheParser) {
    EXPECT_THAT(parted({"a", "--repeat"}), are(ElementsAre("--repeat"), ElementsAre("a")));
}

TEST(Parted, ForeignOptionsArePositionals) {
    EXPECT_THAT(parted({"a", "-k", "slow", "--tb=short", "-l"}),
                are(ElementsAre("-l"), ElementsAre("a", "-k", "slow", "--tb=short")));
    EXPECT_THAT(parted({"-k", "slow", "--repeat", "2"}),
                are(ElementsAre("--repeat", "2"), ElementsAre("-k", "slow")));
}

TEST(Parted, ForeignLettersAreOursBeforeTheFirstPositional) {
    EXPECT_THAT(parted({"-x", "io", "a", "-x", "-s"}),
                are(ElementsAre("-x", "io"), ElementsAre("a", "-x", "-s")));
}

TEST(Parted, WhatLooksLikeASlipIsNotHandedOn) {
    EXPECT_THAT(parted({"--lsit", "a"}), are(ElementsAre("--lsit"), ElementsAre("a")));
    EXPECT_THAT(part(program_with({.options_may_follow = true}), std::vector<std::string>{"-k"}),
                are(ElementsAre("-k"), IsEmpty()));
}

TEST(Parted, OtherWordsAreHandedOnThoughTheyAreNear) {
    for (const char* option : {"--dist=no", "--live", "--report", "--slow", "--expose"}) {
        EXPECT_THAT(parted({option, "a"}), are(IsEmpty(), ElementsAre(option, "a")));
    }
}

TEST(Parted, NothingMovesAcrossTwoDashes) {
    EXPECT_THAT(parted({"a", "--", "--list", "-l"}),
                are(IsEmpty(), ElementsAre("a", "--", "--list", "-l")));
    EXPECT_FALSE(parted({"a", "--", "b"}).after_mark);
    const Parted marked = parted({"-l", "--", "--list"});
    EXPECT_THAT(marked, are(ElementsAre("-l"), ElementsAre("--list")));
    EXPECT_TRUE(marked.after_mark);
}

TEST(Parted, OtherProgramsHandAllOnFromTheFirstPositional) {
    EXPECT_THAT(part(program_with({}), std::vector<std::string>{"sh", "--list"}),
                are(ElementsAre("sh", "--list"), IsEmpty()));
}

}  // namespace
}  // namespace maelstrom::config
