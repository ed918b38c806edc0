#include "pytest/coverage.hpp"

#include <gtest/gtest.h>

namespace maelstrom::pytest {
namespace {

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

}  // namespace
}  // namespace maelstrom::pytest
