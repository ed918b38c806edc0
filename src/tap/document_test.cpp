#include "tap/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::tap {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

std::vector<std::string> names(const Document& document) {
    std::vector<std::string> lines;
    for (const Point& point : document.points) {
        lines.push_back((point.ok ? "ok " : "not ok ") + point.name);
    }
    return lines;
}

TEST(TapDocument, HasAPointForEachTestLine) {
    const Document document =
        parse("TAP version 13\n1..4\nok 1 - adds\nnot ok 2 subtracts\nok\nok - x\n");
    EXPECT_THAT(names(document),
                ElementsAre("ok 1 - adds", "not ok 2 - subtracts", "ok 3", "ok 4 - x"));
    EXPECT_THAT(document.mistakes, IsEmpty());
}

TEST(TapDocument, KnowsAPlanAtTheEnd) {
    EXPECT_THAT(parse("ok 1\nok 2\n1..2\n").mistakes, IsEmpty());
}

TEST(TapDocument, SaysWhatIsWrongWithThePlan) {
    EXPECT_THAT(parse("ok 1\n").mistakes, ElementsAre("no plan, 1 test point"));
    EXPECT_THAT(parse("").mistakes, ElementsAre("no test point and no plan"));
    EXPECT_THAT(parse("1..3\nok 1\n").mistakes, ElementsAre("planned 3 test points, ran 1"));
    EXPECT_THAT(parse("1..1\nok 1\nok 2\n").mistakes, ElementsAre("planned 1 test point, ran 2"));
    EXPECT_THAT(parse("1..1\nok 1\n1..1\n").mistakes, ElementsAre("more than one plan"));
    EXPECT_THAT(parse("1..2\nok 2\nok 1\n").mistakes,
                ElementsAre("test point 2 stands where 1 is due"));
}

TEST(TapDocument, ReadsDirectives) {
    const Document document =
        parse("1..4\nok 1 # skip no network\nnot ok 2 - later # TODO some day\n"
              "ok 3 - a \\# skip b\nok 4 - issue #12\n");
    EXPECT_EQ(document.points[0].directive, Point::Directive::skip);
    EXPECT_EQ(document.points[0].reason, "no network");
    EXPECT_EQ(document.points[1].directive, Point::Directive::todo);
    EXPECT_EQ(document.points[1].reason, "some day");
    EXPECT_EQ(document.points[2].directive, Point::Directive::none);
    EXPECT_THAT(names(document),
                ElementsAre("ok 1", "not ok 2 - later", "ok 3 - a # skip b", "ok 4 - issue #12"));
}

TEST(TapDocument, KnowsAProgramThatSkipsItself) {
    const Document document = parse("1..0 # SKIP not on this machine\n");
    EXPECT_THAT(document.skipped, Optional(std::string("not on this machine")));
    EXPECT_THAT(document.mistakes, IsEmpty());
}

TEST(TapDocument, GivesAPointWhatFollowsIt) {
    const Document document = parse("hello\nnot ok 1 - a\n  ---\n  message: 'is not 3'\n  ok 7\n  "
                                    "...\n# comment\nok 2\n1..2\n");
    EXPECT_EQ(document.rest, "hello\n");
    EXPECT_EQ(document.points[0].message, "is not 3");
    EXPECT_EQ(document.points[0].output,
              "  ---\n  message: 'is not 3'\n  ok 7\n  ...\n# comment\n");
    EXPECT_THAT(document.points, SizeIs(2));
}

TEST(TapDocument, PutsThePointsOfASubtestInPlaceOfTheOneThatSumsThemUp) {
    const Document document =
        parse("# Subtest: outer\n    # Subtest: inner\n        not ok 1 - deep\n"
              "        1..1\n    not ok 1 - inner\n    ok 2 - flat\n    1..2\n"
              "not ok 1 - outer\nok 2 - after\n1..2\n");
    EXPECT_THAT(names(document), ElementsAre("not ok 1 - outer / 1 - inner / 1 - deep",
                                             "ok 1 - outer / 2 - flat", "ok 2 - after"));
    EXPECT_THAT(document.mistakes, IsEmpty());
}

TEST(TapDocument, LetsAPointStandForASubtestThatItDisagreesWith) {
    const Document wrong_plan = parse("    ok 1 - a\n    1..2\nok 1 - outer\n1..1\n");
    EXPECT_THAT(names(wrong_plan), ElementsAre("not ok 1 - outer"));
    EXPECT_THAT(wrong_plan.points[0].output, HasSubstr("planned 2 test points, ran 1"));

    const Document todo = parse("    not ok 1 - a\n    1..1\nnot ok 1 - outer # TODO soon\n1..1\n");
    EXPECT_THAT(names(todo), ElementsAre("not ok 1 - outer"));
    EXPECT_EQ(todo.points[0].directive, Point::Directive::todo);

    const Document worse = parse("    ok 1 - a\n    1..1\nnot ok 1 - outer\n1..1\n");
    EXPECT_THAT(names(worse), ElementsAre("not ok 1 - outer"));
}

TEST(TapDocument, KeepsThePointsOfASubtestThatNeverEnded) {
    const Document document = parse("1..2\nok 1\n    not ok 1 - a\n");
    EXPECT_THAT(names(document), ElementsAre("ok 1", "not ok 2 (subtest) / 1 - a"));
    EXPECT_THAT(document.mistakes, ElementsAre("a subtest without a test point that sums it up",
                                               "planned 2 test points, ran 1"));
}

TEST(TapDocument, LosesNoFailureOfASubtestInASubtest) {
    const Document document = parse("    ok 1 - a\n        not ok 1 - b\n        1..1\n    1..1\n"
                                    "ok 1 - outer\n1..1\n");
    ASSERT_THAT(names(document), ElementsAre("not ok 1 - outer"));
    EXPECT_THAT(document.points[0].output,
                HasSubstr("subtest: a subtest without a test point that sums it up"));
}

TEST(TapDocument, LosesNoFailureOfASubtestBeforeAnother) {
    const Document document =
        parse("    not ok 1 - b\n    1..1\n1..1\n    ok 1 - c\n    1..1\nok 1 - second\n");
    EXPECT_THAT(names(document), Contains("not ok 1 (subtest) / 1 - b"));
    EXPECT_THAT(document.mistakes, Contains("a subtest without a test point that sums it up"));
}

TEST(TapDocument, StopsCountingAtABailOut) {
    const Document document = parse("1..9\nok 1\nBail out! no database\n");
    EXPECT_THAT(document.bail_out, Optional(std::string("no database")));
    EXPECT_THAT(document.mistakes, IsEmpty());
}

TEST(TapDocument, DoesNotTakeOtherTextForTestLines) {
    const Document document = parse("okay\nok\tdone\nnot okay\n1..1x\n1..1\n  ok 5\n");
    EXPECT_THAT(names(document), ElementsAre("ok 1 - done"));
    EXPECT_THAT(document.mistakes, IsEmpty());
}

}  // namespace
}  // namespace maelstrom::tap
