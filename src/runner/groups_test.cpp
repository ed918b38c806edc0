#include "runner/groups.hpp"
#include "util/seconds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::runner {
namespace {

using ::testing::ElementsAre;

Case test_of(std::size_t key, Units units, IsolationUnit unit = IsolationUnit::function) {
    Case test;
    test.key = key;
    test.units = units;
    test.orders.unit = unit;
    return test;
}

std::vector<std::vector<std::uint32_t>> ids_of(Groups& groups) {
    std::vector<std::vector<std::uint32_t>> ids;
    for (const Group& group : groups.take()) {
        ids.emplace_back();
        for (const Member& member : group) {
            ids.back().push_back(static_cast<std::uint32_t>(member.id));
        }
    }
    return ids;
}

TEST(Groups, JoinCasesOfOneUnitInTheFrameworksOrder) {
    const Case first = test_of(0, {.function = 1});
    const Case other = test_of(1, {.function = 2});
    const Case second = test_of(2, {.function = 1});
    Groups groups;
    groups.add({ui::RunId{10}, &second, {}});
    groups.add({ui::RunId{11}, &other, {}});
    groups.add({ui::RunId{12}, &first, {}});
    EXPECT_THAT(ids_of(groups), ElementsAre(ElementsAre(12, 10), ElementsAre(11)));
    EXPECT_THAT(ids_of(groups), ElementsAre());
}

TEST(Groups, KeepRepetitionsApart) {
    const Case first = test_of(0, {.file = 1}, IsolationUnit::file);
    const Case second = test_of(1, {.file = 1}, IsolationUnit::file);
    Groups groups;
    for (std::uint32_t id = 0; id < 4; ++id) {
        groups.add({ui::RunId{id}, id < 2 ? &first : &second, {}});
    }
    EXPECT_THAT(ids_of(groups), ElementsAre(ElementsAre(0, 2), ElementsAre(1, 3)));
}

TEST(Groups, KeepContainersAndStepsApart) {
    Case first = test_of(0, {.function = 1});
    Case second = test_of(1, {.function = 1});
    second.orders.container = std::make_shared<const ChosenContainer>();
    const Case third = test_of(2, {.function = 1});
    Groups groups;
    groups.add({ui::RunId{0}, &first, {}});
    groups.add({ui::RunId{1}, &second, {}});
    groups.add({ui::RunId{2}, &third, {.step = 1}});
    EXPECT_THAT(ids_of(groups), ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2)));
}

TEST(Groups, HaveEstimatesThatCanBeAddedUpWhateverTheyAre) {
    Case one = test_of(0, {.file = 1}, IsolationUnit::file);
    one.orders.estimate = util::longest_duration - std::chrono::seconds(1);
    const Group group(2, Member{.id = ui::RunId{0}, .test = &one, .attempt = {}});
    EXPECT_EQ(orders_of(group).estimate, util::longest_duration);
}

}  // namespace
}  // namespace maelstrom::runner
