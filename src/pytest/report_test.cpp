#include "pytest/report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::pytest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::SizeIs;

TEST(ParseCollection, ReadsItemsInPytestsOrder) {
    const auto collection = parse_collection(
        R"({"rootdir": "/p", "inifile": "/p/pytest.ini", "paths": ["a.py"], "whole": true}
{"id": "a.py::t[\u00e9 x]", "file": "/p/a.py", "index": 2, "count": 3, "markers": ["slow", "x"], "skip": null}
{"id": "a.py::u", "file": "/p/a.py", "index": -1, "count": 3, "markers": [], "skip": "later"}
)");
    ASSERT_TRUE(collection) << collection.error().message();
    EXPECT_TRUE(collection->complete);
    EXPECT_EQ(collection->rootdir, "/p");
    EXPECT_TRUE(collection->whole);
    EXPECT_THAT(collection->paths, ElementsAre("a.py"));
    ASSERT_THAT(collection->items, SizeIs(2));
    EXPECT_EQ(collection->items[0].id, "a.py::t[é x]");
    EXPECT_EQ(collection->items[0].index, 2);
    EXPECT_THAT(collection->items[0].markers, ElementsAre("slow", "x"));
    EXPECT_EQ(collection->items[0].skip, std::nullopt);
    EXPECT_EQ(collection->items[1].index, -1);
    EXPECT_THAT(collection->items[1].skip, Optional(std::string("later")));
}

TEST(ParseCollection, ReadsByteCode) {
    const auto collection =
        parse_collection("{\"compiled\": \"/p/__pycache__/a.pyc\", \"content\": \"00ff7a\"}\n");
    ASSERT_THAT(collection->compiled, SizeIs(1));
    EXPECT_EQ(collection->compiled[0].path, "/p/__pycache__/a.pyc");
    EXPECT_EQ(collection->compiled[0].content, std::string("\x00\xffz", 3));
}

TEST(ParseCollection, ReadsWhatCouldNotBeCollected) {
    const auto collection = parse_collection(
        "{\"broken\": \"a.py\", \"outcome\": \"error\", \"message\": \"m\", \"text\": \"t\"}\n");
    ASSERT_THAT(collection->broken, SizeIs(1));
    EXPECT_EQ(collection->broken[0].id, "a.py");
    EXPECT_EQ(collection->broken[0].report.message, "m");
    EXPECT_FALSE(collection->complete);
}

TEST(ParseCollection, KnowsWhenPytestNeverGotToReporting) {
    EXPECT_FALSE(parse_collection("")->complete);
    EXPECT_TRUE(parse_collection("{\"problem\": \"no pytest\"}\n")->no_pytest);
}

TEST(ParseCollection, NamesTheLineThatIsNotAReport) {
    const auto collection = parse_collection("{\"rootdir\": \"/p\"}\nhello\n");
    ASSERT_FALSE(collection);
    EXPECT_THAT(collection.error().message(), HasSubstr("line 2"));
}

TEST(ParseTestReports, ReadsOutcomesWithTheirTexts) {
    const TestReports reports = parse_test_reports(
        R"({"outcome": "xfailed", "message": "m", "text": "t", "out": "o", "err": "e", "item": 0, "seconds": 0.5}
{"outcome": "passed", "item": 7})");
    ASSERT_TRUE(reports.by_place.contains(0));
    const TestReport& report = reports.by_place.at(0);
    EXPECT_EQ(report.outcome, Outcome::xfailed);
    EXPECT_EQ(report.message, "m");
    EXPECT_EQ(report.captured_errors, "e");
    EXPECT_EQ(report.duration, std::chrono::milliseconds(500));
    EXPECT_EQ(reports.by_place.at(7).outcome, Outcome::passed);
}

TEST(ParseTestReports, HaveNoDurationThatCannotBe) {
    for (const char* seconds : {"1e300", "-1e300", "-1", "9e9", "null"}) {
        const TestReports reports = parse_test_reports(
            fmt::format(R"({{"outcome": "passed", "item": 0, "seconds": {}}})", seconds));
        EXPECT_EQ(reports.by_place.at(0).duration, std::nullopt) << seconds;
    }
}

TEST(ParseTestReports, AreMissingWhenTheProcessEndedBeforeOrWithinThem) {
    EXPECT_TRUE(parse_test_reports("").by_place.empty());
    EXPECT_TRUE(parse_test_reports(R"({"outcome": "pas)").by_place.empty());
}

}  // namespace
}  // namespace maelstrom::pytest
