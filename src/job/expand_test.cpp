#include "job/expand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::job {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

const Variables client_variables{{"A", "x"}, {"E", ""}, {"BAD", "\xff"}};
const Variables previous_variables{{"A", "y"}};

std::string expanded(std::string_view text) {
    const auto result = expand(text, client_variables, previous_variables);
    return result ? *result : "error: " + result.error().message();
}

TEST(Expand, FollowsTheSpecificationsTable) {
    EXPECT_EQ(expanded("p$env{A}q$prev{A}"), "pxqy");
    EXPECT_EQ(expanded("$env{E:-d}$env{E}"), "d");
    EXPECT_EQ(expanded("$$$$a$$"), "$$a$");
    EXPECT_EQ(expanded("$$env{A}"), "$env{A}");
    EXPECT_THAT(expanded("$env{A:-$env{A}}"), HasSubstr("unterminated"));
    for (const std::string_view bad : {"$A", "$", "a$"}) {
        EXPECT_THAT(expanded(bad), HasSubstr("after \"$\" must stand")) << bad;
    }
    EXPECT_THAT(expanded("$prev{Z}"), HasSubstr("variable \"Z\" is not set"));
}

TEST(Expand, SeparatesTheDefaultAtTheFirstColonDash) {
    EXPECT_EQ(expanded("$env{N:-a:-b}"), "a:-b");
    EXPECT_EQ(expanded("$env{N:-}"), "");
    EXPECT_EQ(expanded("$env{A:-d}"), "x");
    EXPECT_EQ(expanded("$prev{E:-{d}"), "{d");
}

TEST(Expand, MissesTheClosingBrace) {
    EXPECT_THAT(expanded("$env{A"), HasSubstr("unterminated"));
}

TEST(Expand, RefusesWhatIsNotUtf8) {
    EXPECT_THAT(expanded("$env{BAD}"), AllOf(HasSubstr("\"BAD\""), HasSubstr("UTF-8")));
}

TEST(Environment, EvaluatesElementsInOrder) {
    const std::vector<EnvironmentElement> elements{
        {{{"FOO", "1"}, {"P", "$prev{PATH}"}}, true},
        {{{"X", "$prev{FOO}-$env{BAR}-$env{NOPE:-d}"}}, false}};

    const auto variables = evaluate_environment(elements, {{"BAR", "b"}}, {{"PATH", "/bin"}});

    ASSERT_TRUE(variables);
    EXPECT_THAT(*variables, ElementsAre(Pair("X", "1-b-d")));
}

TEST(Environment, ExtendsByOverwriting) {
    const std::vector<EnvironmentElement> elements{{{{"A", "1"}, {"B", "2"}}, true},
                                                   {{{"B", "$prev{B}3"}}, true}};
    EXPECT_THAT(*evaluate_environment(elements, {}), ElementsAre(Pair("A", "1"), Pair("B", "23")));
}

TEST(Environment, HidesTheVariablesOfOneElementFromEachOther) {
    const std::vector<EnvironmentElement> elements{{{{"A", "1"}, {"B", "$prev{A:-none}"}}, true}};
    EXPECT_THAT(*evaluate_environment(elements, {}),
                ElementsAre(Pair("A", "1"), Pair("B", "none")));
}

TEST(Environment, NamesKeyAndValueOfWhatIsWrong) {
    const std::vector<EnvironmentElement> elements{{{{"KEY", "a$b"}}, true}};
    const auto variables = evaluate_environment(elements, {});
    ASSERT_FALSE(variables);
    EXPECT_THAT(variables.error().message(), AllOf(HasSubstr("KEY"), HasSubstr("\"a$b\"")));
}

TEST(Environment, ListsVariablesByKey) {
    // By key, not by the whole text: "A-" sorts before "A=" otherwise.
    EXPECT_THAT(to_list({{"A", "2"}, {"A-", "1"}}), ElementsAre("A=2", "A-=1"));
}

}  // namespace
}  // namespace maelstrom::job
