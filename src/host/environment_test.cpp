#include "host/environment.hpp"

#include <gmock/gmock.h>

namespace maelstrom::host {
namespace {

using ::testing::Contains;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

bool everything_exists(const std::string&) {
    return true;
}

TEST(Environment, PassesTheUsualAndKeepsTokensOut) {
    const Variables outside = {{"LC_ALL", "C.UTF-8"}, {"HOME", "/home/ann"}, {"CI", "true"},
                               {"GITHUB_TOKEN", "x"}, {"TMPDIR", "/var/t"},  {"AWS_SECRET", "x"}};
    EXPECT_THAT(container_variables(outside, {}, everything_exists),
                UnorderedElementsAre(Pair("LC_ALL", "C.UTF-8"), Pair("HOME", "/home/ann"),
                                     Pair("CI", "true"), Pair("TERM", "dumb"),
                                     Pair("MAELSTROM", "1")));
}

TEST(Environment, LetsInWhatIsNamed) {
    const Variables outside = {{"MY_A", "1"}, {"MY_B", "2"}, {"YOUR", "3"}};
    const Variables inside = container_variables(outside, {.pass = {"MY_*"}}, everything_exists);
    EXPECT_THAT(inside, Contains(Pair("MY_A", "1")));
    EXPECT_THAT(inside, Contains(Pair("MY_B", "2")));
    EXPECT_THAT(inside, Not(Contains(Key("YOUR"))));
}

TEST(Environment, WhatIsSetWinsOverWhatIsPassed) {
    const EnvironmentRequest request{.pass = {"A"}, .set = {{"A", "set"}, {"MAELSTROM", "no"}}};
    const Variables inside = container_variables({{"A", "outside"}}, request, everything_exists);
    EXPECT_THAT(inside, Contains(Pair("A", "set")));
    EXPECT_THAT(inside, Contains(Pair("MAELSTROM", "1")));
}

TEST(Environment, PathKeepsWhatIsThereAndWhatIsRelative) {
    const auto only_usr = [](const std::string& path) { return path.starts_with("/usr/"); };
    const Variables outside = {
        {"PATH", "/home/ann/bin:/usr/bin::node_modules/.bin:/gone:/usr/sbin"}};
    EXPECT_THAT(container_variables(outside, {}, only_usr),
                Contains(Pair("PATH", "/usr/bin:node_modules/.bin:/usr/sbin")));
}

TEST(Environment, TheTerminalsNameNeedsATerminal) {
    const Variables outside = {{"TERM", "xterm-256color"}};
    EXPECT_THAT(container_variables(outside, {}, everything_exists),
                Contains(Pair("TERM", "dumb")));
    EXPECT_THAT(container_variables(outside, {.has_terminal = true}, everything_exists),
                Contains(Pair("TERM", "xterm-256color")));
}

TEST(Environment, PatternsMatchWholeNames) {
    EXPECT_TRUE(name_matches("LC_*", "LC_"));
    EXPECT_TRUE(name_matches("*KEY*", "MY_KEY_2"));
    EXPECT_TRUE(name_matches("A?C", "ABC"));
    EXPECT_TRUE(name_matches("*a*b", "xaxbab"));
    EXPECT_FALSE(name_matches("LC_*", "XLC_ALL"));
    EXPECT_FALSE(name_matches("HOME", "HOMES"));
    EXPECT_FALSE(name_matches("A?", "A"));
}

}  // namespace
}  // namespace maelstrom::host
