#include "pytest/coverage.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace maelstrom::pytest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

util::Value json(std::string_view text) {
    return util::parse_json(text).value();
}

TEST(Coverage, PutsLinesOfAllProcessesTogether) {
    Coverage coverage;
    EXPECT_TRUE(coverage.empty());
    coverage.add(
        json(R"({"arcs": false, "contexts": {"": {"/p/a.py": [3, 1, 3]}}, "tracers": {}})"));
    coverage.add(json(R"({"arcs": false, "contexts": {"": {"/p/a.py": [2, 3], "/p/b.py": [7]}},
                         "tracers": {"/p/b.py": "plugin"}})"));
    EXPECT_EQ(coverage.json(), R"({"arcs":false,"contexts":{"":{"/p/a.py":[1,2,3],"/p/b.py":[7]}},)"
                               R"("tracers":{"/p/b.py":"plugin"}})");
}

TEST(Coverage, KeepsBranchesAndContextsApart) {
    Coverage coverage;
    coverage.add(json(R"({"arcs": true, "contexts": {"t|run": {"a": [-1, 1, 1, 2]}}})"));
    coverage.add(json(
        R"({"arcs": true, "contexts": {"t|run": {"a": [1, 3, -1, 1]}, "u|run": {"a": [1, 2]}}})"));
    EXPECT_EQ(coverage.json(),
              R"({"arcs":true,"contexts":{"t|run":{"a":[-1,1,1,2,1,3]},"u|run":{"a":[1,2]}},)"
              R"("tracers":{}})");
}

TEST(Coverage, SaysWhatIsMissing) {
    Coverage coverage;
    EXPECT_EQ(coverage.missing(), "");
    coverage.miss("too much");
    EXPECT_FALSE(coverage.empty());
    EXPECT_EQ(coverage.missing(), "what 1 process of tests executed is missing here: too much");
}

TEST(CoverageReport, IsReadFromWhatTheProcessSends) {
    const CoverageReport report =
        parse_coverage_report("{\"file\": \"/p/.coverage\", \"content\": \"00ff\"}\nnoise\n"
                              "{\"coverage_text\": \"TOTAL 9%\\n\", \"below_minimum\": true}\n");
    ASSERT_EQ(report.files.size(), 1U);
    EXPECT_EQ(report.files[0].content, std::string("\x00\xff", 2));
    EXPECT_EQ(report.text, "TOTAL 9%\n");
    EXPECT_TRUE(report.below_minimum);
    EXPECT_TRUE(report.complete);
    EXPECT_FALSE(parse_coverage_report("").complete);
}

TEST(CoverageReport, FindsPlacesThatTheUserNames) {
    ReportPlaces places{.container_directory = "/in/p", .host_directory = "/p"};
    name_places(places, {"--cov-report=xml:/out/c.xml", "--cov-report", "html:../h",
                         "--cov-report=term", "--cov=x", "--cov-report"});
    ASSERT_EQ(places.named.size(), 2U);
    EXPECT_EQ(places.named[0].inside, "/out/c.xml");
    EXPECT_EQ(places.named[0].outside, "/out/c.xml");
    EXPECT_EQ(places.named[1].inside, "/in/h");
    EXPECT_EQ(places.named[1].outside, "/h");
}

class CoverageFiles : public ::testing::Test {
protected:
    Written write(const std::string& path, const std::string& named = "") const {
        ReportPlaces places{.container_directory = "/inside", .host_directory = directory_.path()};
        name_places(places, {"--cov-report=xml:" + named});
        return write_reports({.files = {{.path = path, .content = "x"}}}, places);
    }
    bool exists(const std::string& path) const {
        return ::access((directory_ / path).c_str(), F_OK) == 0;
    }

    testing::TempDir directory_;
};

TEST_F(CoverageFiles, GoIntoTheProject) {
    EXPECT_THAT(write("/inside/htmlcov/index.html").paths, ElementsAre(directory_ / "htmlcov"));
    EXPECT_TRUE(exists("htmlcov/index.html"));
}

TEST_F(CoverageFiles, GoNowhereElseUnlessTheUserSaysSo) {
    const testing::TempDir elsewhere;
    const std::string file = elsewhere / "c.xml";
    EXPECT_THAT(write(file).complaints, ElementsAre(HasSubstr("is outside of the project")));
    EXPECT_NE(::access(file.c_str(), F_OK), 0);
    EXPECT_THAT(write(file, file).complaints, IsEmpty());
    EXPECT_EQ(::access(file.c_str(), F_OK), 0);
}

TEST_F(CoverageFiles, GoWhereARelativePlaceIsMeantToBe) {
    EXPECT_THAT(write("/inside/out/c.xml", "out/c.xml").paths, ElementsAre(directory_ / "out"));
    EXPECT_TRUE(exists("out/c.xml"));
}

TEST_F(CoverageFiles, FollowNoWayOutOfTheProject) {
    const testing::TempDir elsewhere;
    ASSERT_TRUE(sys::symlinkat(elsewhere.path(), AT_FDCWD, directory_ / "link"));
    for (const char* path : {"/inside/link/c.xml", "/inside/../c.xml", "/inside/.git/config"}) {
        EXPECT_THAT(write(path).paths, IsEmpty()) << path;
    }
}

}  // namespace
}  // namespace maelstrom::pytest
