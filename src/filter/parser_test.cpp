#include "filter/example_tests.hpp"
#include "filter/parser.hpp"

namespace maelstrom::filter {

namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::StartsWith;

std::optional<std::string> warning_of(std::string_view text) {
    const auto expression = Expression::parse(text, Dialect::cargo);
    EXPECT_TRUE(expression) << expression.error().message();
    return expression->warning();
}

std::string repeated(std::size_t count, std::string_view piece) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += piece;
    }
    return text;
}

TEST(Parser, ReadsChainsOfAndAndMinusFromLeftToRight) {
    EXPECT_EQ(reading("all - none - any"), "(all & !none & !all)");
    EXPECT_EQ(reading("all - none & any"), "(all & !none & all)");
    EXPECT_EQ(reading("all & none - any"), "(all & none & !all)");
}

TEST(Parser, BindsNotTighterThanAndTighterThanOr) {
    EXPECT_EQ(reading("!all & none | any - none"), "((!all & none) | (all & !none))");
    EXPECT_EQ(reading("all | none & any"), "(all | (none & all))");
    EXPECT_EQ(reading("(all | none) & any"), "((all | none) & all)");
}

TEST(Parser, WarnsOfChainsThatTheOriginalReadsFromRightToLeft) {
    EXPECT_THAT(
        warning_of("all - none - any"),
        Optional(Eq("line 1, column 1: read from left to right, as \"(all - none) - …\"; add "
                    "parentheses to say which order is meant")));
    EXPECT_THAT(warning_of("all minus none and any"),
                Optional(HasSubstr("\"(all minus none) and …\"")));
    EXPECT_THAT(warning_of("any |\n(library & all - none & any)"),
                Optional(AllOf(StartsWith("line 2, column 2: "),
                               HasSubstr("\"(library & all - none) & …\""))));
}

TEST(Parser, DoesNotWarnWhereBothReadingsAgree) {
    EXPECT_EQ(warning_of("all - none"), std::nullopt);
    EXPECT_EQ(warning_of("all & none - any"), std::nullopt);
    EXPECT_EQ(warning_of("(all - none) - any"), std::nullopt);
    EXPECT_EQ(warning_of("all - (none - any)"), std::nullopt);
    EXPECT_EQ(warning_of("all - none | any - none"), std::nullopt);
    EXPECT_EQ(warning_of("all & none & any | all | none"), std::nullopt);
}

TEST(Parser, CountsOnlyTheChosenKindOfBracket) {
    EXPECT_EQ(reading("name.equals(f(1)x)"), "name.equals(f(1)x)");
    EXPECT_EQ(reading("name.equals(((a)(b)))"), "name.equals(((a)(b)))");
    EXPECT_EQ(reading("name.equals[a(b]"), "name.equals[a(b]");
    EXPECT_EQ(reading("name.equals<a(b>"), "name.equals[a(b]");
    EXPECT_EQ(reading("name.equals{a([b}"), "name.equals{a([b}");
    EXPECT_EQ(reading("name.equals/a)([{</"), "name.equals/a)([{</");
}

TEST(Parser, TakesParametersVerbatim) {
    EXPECT_EQ(reading("name.equals( a\\ \"b\" )"), "name.equals( a\\ \"b\" )");
    EXPECT_EQ(reading("name.equals(and)|name.equals(\n)"), "(name.equals(and) | name.equals(\n))");
}

TEST(Parser, LetsWordOperatorsTouchParentheses) {
    EXPECT_EQ(reading("(all)and(any)"), "(all & all)");
    EXPECT_EQ(reading("(all)or not(any)"), "(all | !all)");
    EXPECT_EQ(reading("not(all)minus(none)"), "(!all & !none)");
    EXPECT_EQ(reading("all()and any"), "(all & all)");
}

TEST(Parser, WantsWhiteSpaceAroundOtherWordOperators) {
    EXPECT_THAT(refusal("n.equals[x]and all"), HasSubstr("white space is missing before \"and\""));
    EXPECT_THAT(refusal("all and!none"),
                HasSubstr("found \"!\", expected white space or \"(\" behind \"and\""));
    EXPECT_THAT(refusal("not!all"),
                HasSubstr("found \"!\", expected white space or \"(\" behind \"not\""));
}

TEST(Parser, KnowsTheWhiteSpaceOfUnicode) {
    EXPECT_EQ(reading("\u2003all\u00A0and\u3000any\u2028"), "(all & all)");
}

TEST(Parser, AcceptsWhiteSpaceThatTheOriginalRefuses) {
    EXPECT_EQ(reading("  all  "), "all");
    EXPECT_EQ(reading("! all"), "!all");
    EXPECT_EQ(reading("~\tall"), "!all");
    EXPECT_EQ(reading("( ( all ) )"), "all");
}

TEST(Parser, NestsParenthesesUpToALimit) {
    EXPECT_EQ(reading(repeated(200, "(") + "all" + repeated(200, ")")), "all");
    EXPECT_THAT(refusal(repeated(201, "(") + "all" + repeated(201, ")")),
                StartsWith("line 1, column 201: parentheses are nested more than 200 deep"));
}

// A parser that tries alternatives would not come back from these.
TEST(Parser, ReadsLongFiltersInOnePass) {
    EXPECT_EQ(reading(repeated(100'000, "all|") + "all").size(), 600'005);
    EXPECT_EQ(reading(repeated(100'000, "all-") + "all").size(), 700'005);
    EXPECT_EQ(reading(repeated(1'000'000, "!") + "all"), "all");
    EXPECT_EQ(reading(repeated(200, "(all & !") + "all" + repeated(200, ")")).size(), 200 * 9 + 3);
    EXPECT_THAT(refusal(repeated(1'000'000, "a")), HasSubstr("expected a selector"));
    EXPECT_THAT(refusal("n.equals" + repeated(1'000'000, "(")), HasSubstr("no closing delimiter"));
}

TEST(Parser, ReadsBackWhatItPrints) {
    constexpr std::array texts{
        "all",
        "!(library - test.c(x)) | binary",
        "name.matches/^a(b|c)$/ & !name.globs[(]",
        "p.eq(a) - p.eq(b) - (p.eq(c) | !!(n.s<)> & any))",
    };
    for (const std::string_view text : texts) {
        SCOPED_TRACE(text);
        const auto expression = Expression::parse(text, Dialect::cargo);
        ASSERT_TRUE(expression) << expression.error().message();
        const auto again = Expression::parse(expression->to_string(), Dialect::cargo);
        ASSERT_TRUE(again) << again.error().message();
        EXPECT_EQ(*again, *expression);
        EXPECT_EQ(again->to_string(), expression->to_string());
    }
}

/// What the text costs for each of its characters.
double looks_per_character(const std::string& text) {
    const auto parsed = parse(text, Dialect::cargo);
    EXPECT_TRUE(parsed) << parsed.error().message();
    return parsed ? static_cast<double>(parsed->looks) / static_cast<double>(text.size()) : 1e9;
}

std::string repeated(std::string_view piece, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) {
        text += piece;
    }
    return text;
}

TEST(Parser, LooksAtEachCharacterAFewTimesHoweverLongTheTextIs) {
    constexpr double few = 8;
    for (const std::size_t times : {1U, 10U, 190U}) {
        EXPECT_LT(looks_per_character(repeated("(", times) + "all" + repeated(")", times)), few);
        EXPECT_LT(looks_per_character(repeated("!(", times) + "all" + repeated("|any)", times)),
                  few);
    }
    for (const std::size_t times : {1U, 100U, 10'000U}) {
        EXPECT_LT(looks_per_character(repeated("all - ", times) + "n.eq(x)"), few);
        EXPECT_LT(looks_per_character(repeated("not ", times) + "all"), few);
        EXPECT_LT(looks_per_character(repeated("(n.c(a)|test) and ", times) + "all"), few);
        EXPECT_LT(looks_per_character("n.c(" + repeated("(", times) + repeated(")", times) + ")"),
                  few);
        EXPECT_LT(looks_per_character("all" + repeated(" ", times) + "&any"), few);
    }
}

TEST(Parser, TellsDifferentFiltersApart) {
    const auto parsed = [](std::string_view text) {
        return *Expression::parse(text, Dialect::cargo);
    };
    EXPECT_EQ(parsed("n.c(a) - test"), parsed("name.contains[a] and not te"));
    EXPECT_FALSE(parsed("n.c(a)") == parsed("n.c(b)"));
    EXPECT_FALSE(parsed("n.c(a)") == parsed("n.eq(a)"));
    EXPECT_FALSE(parsed("test") == parsed("!test"));
    EXPECT_FALSE(parsed("test | all") == parsed("test & all"));
    EXPECT_FALSE(*Expression::parse("all", Dialect::go) == parsed("all"));
}

}  // namespace

}  // namespace maelstrom::filter
