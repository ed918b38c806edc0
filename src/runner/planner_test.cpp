#include "runner/planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::runner {
namespace {

Case example() {
    return {.name = std::make_shared<const ui::CaseName>(
                ui::CaseName{.display = "tests/test_math.py::TestDiv::test_zero[1]"}),
            .address = {.artifact = "tests/test_math.py", .name = "TestDiv.test_zero[1]"},
            .markers = {"slow", "net"}};
}

bool selects(std::vector<std::string> includes, std::vector<std::string> excludes = {}) {
    const Planner planner(
        filter::Selection::parse(includes, excludes, filter::Dialect::pytest).value());
    Case test = example();
    return planner.plan(test);
}

TEST(Planner, SelectsEverythingWithoutFilters) {
    EXPECT_TRUE(selects({}));
}

TEST(Planner, AsksFiltersAboutAllThatACaseIs) {
    EXPECT_TRUE(selects({"package.equals(default)"}));
    EXPECT_TRUE(selects({"file.equals(tests/test_math.py)"}));
    EXPECT_TRUE(selects({"name.equals(TestDiv.test_zero[1])"}));
    EXPECT_TRUE(selects({"node_id.equals(tests/test_math.py::TestDiv::test_zero[1])"}));
    EXPECT_TRUE(selects({"markers.contains(net)"}));
    EXPECT_FALSE(selects({"markers.contains(ne)"}));
}

TEST(Planner, LetsExcludesBeatIncludes) {
    EXPECT_TRUE(selects({"none", "all"}));
    EXPECT_FALSE(selects({"all"}, {"markers.contains(slow)"}));
}

}  // namespace
}  // namespace maelstrom::runner
