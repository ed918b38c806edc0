#include "runner/planner.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::runner {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Case planned() {
    return {.name = std::make_shared<const ui::CaseName>(
                ui::CaseName{.display = "tests/test_math.py::TestDiv::test_zero[1]"}),
            .address = {.artifact = "tests/test_math.py", .name = "TestDiv.test_zero[1]"},
            .markers = {"slow", "net"}};
}

filter::Selection selection(const std::vector<std::string>& includes,
                            const std::vector<std::string>& excludes = {}) {
    return filter::Selection::parse(includes, excludes, filter::Dialect::pytest).value();
}

bool selects(std::vector<std::string> includes, std::vector<std::string> excludes = {}) {
    const Planner planner({.selection = selection(includes, excludes)});
    Case test = planned();
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

TEST(Planner, KnowsWhatIsSelectedOfTheHistory) {
    const auto knows = [](const std::string& include) {
        return is_selected(selection({include}), key_of(planned()), true);
    };
    EXPECT_TRUE(knows("name.equals(TestDiv.test_zero[1])"));
    EXPECT_TRUE(knows("node_id.equals(tests/test_math.py::TestDiv::test_zero[1])"));
    EXPECT_TRUE(knows("file.equals(tests/test_math.py)"));
    EXPECT_TRUE(knows("failed"));
    EXPECT_FALSE(knows("name.contains(mod)"));
}

TEST(Planner, DoesNotRetryWhatNeedsThoseBeforeIt) {
    const Planner planner({.retries = 2});
    Case test = planned();
    ASSERT_TRUE(planner.plan(test));
    EXPECT_EQ(test.orders.retries, 2U);
    Case cell = planned();
    cell.least_unit = IsolationUnit::file;
    ASSERT_TRUE(planner.plan(cell));
    EXPECT_EQ(cell.orders.retries, 0U);
}

TEST(Planner, LetsExcludesBeatIncludes) {
    EXPECT_TRUE(selects({"none", "all"}));
    EXPECT_FALSE(selects({"all"}, {"markers.contains(slow)"}));
}

Case case_of(const std::string& name) {
    return {.name = std::make_shared<const ui::CaseName>(ui::CaseName{.display = name}),
            .address = {.artifact = "a.py", .name = name}};
}

class PlannerWithHistory : public ::testing::Test {
protected:
    PlannerWithHistory() {
        history::History writer(place_, history::Keeping::write);
        const auto add = [&](const std::string& name, history::Outcome outcome, int duration) {
            writer.add({.package = "default", .artifact = "a.py", .name = name},
                       {.outcome = outcome, .duration = milliseconds(duration)});
        };
        add("quick", history::Outcome::passed, 1);
        add("slow", history::Outcome::passed, 9);
        add("quick failure", history::Outcome::failed, 2);
        add("slow failure", history::Outcome::failed, 8);
    }

    /// Of all cases, one that nobody knows among them.
    std::vector<std::string> order(PlanSettings settings) const {
        const history::History history(place_, history::Keeping::read);
        settings.history = &history;
        const Planner planner(std::move(settings));
        std::vector<Case> cases;
        for (const char* name : {"quick", "slow", "quick failure", "slow failure", "new"}) {
            Case test = case_of(name);
            if (planner.plan(test)) {
                cases.push_back(std::move(test));
            }
        }
        Planner::sort(cases);
        std::vector<std::string> names;
        for (const Case& test : cases) {
            names.push_back(test.name->display);
        }
        return names;
    }

    testing::TempDir directory_;
    history::Place place_{directory_ / "runner"};
};

TEST_F(PlannerWithHistory, PutsNewAndFailedTestsFirstThenLongOnes) {
    EXPECT_THAT(order({.selection = selection({})}),
                ElementsAre("new", "slow failure", "quick failure", "slow", "quick"));
}

TEST_F(PlannerWithHistory, SelectsWhatFailedLast) {
    EXPECT_THAT(order({.selection = selection({}), .last_failed = true}),
                ElementsAre("slow failure", "quick failure"));
    EXPECT_THAT(order({.selection = selection({"name.contains(slow)"}), .last_failed = true}),
                ElementsAre("slow failure"));
}

TEST_F(PlannerWithHistory, KnowsTheWordFailedInFilters) {
    EXPECT_THAT(order({.selection = selection({"failed"})}),
                ElementsAre("slow failure", "quick failure"));
    EXPECT_THAT(order({.selection = selection({}, {"failed | name.equals(new)"})}),
                ElementsAre("slow", "quick"));
}

TEST_F(PlannerWithHistory, GivesJobsTheirPriorityAndEstimate) {
    const history::History history(place_, history::Keeping::read);
    const Planner planner({.selection = selection({}), .history = &history});
    Case slow = case_of("slow");
    ASSERT_TRUE(planner.plan(slow));
    EXPECT_EQ(slow.orders.priority, 0);
    EXPECT_EQ(slow.orders.estimate, milliseconds(9));
    Case unknown = case_of("new");
    ASSERT_TRUE(planner.plan(unknown));
    EXPECT_EQ(unknown.orders.priority, 1);
    EXPECT_EQ(unknown.orders.estimate, std::nullopt);
}

}  // namespace
}  // namespace maelstrom::runner
