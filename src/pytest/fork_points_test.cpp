#include "pytest/fork_points.hpp"
#include "util/guarded.hpp"
#include "util/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::pytest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

Item item(std::string id, std::int64_t index, std::int64_t count, std::string file = "/p/a.py") {
    return {.id = std::move(id), .file = std::move(file), .index = index, .count = count};
}

TEST(PlacesOfItems, AreFoundByPlaceAndId) {
    const std::vector<Item> items{item("a.py::x", 0, 2), item("a.py::y", 1, 2)};
    const std::vector<Item> reversed{items[1], items[0]};
    EXPECT_THAT(places_of(items, items), ElementsAre(Optional(0), Optional(1)));
    EXPECT_THAT(places_of(items, reversed), ElementsAre(Optional(1), Optional(0)));
}

TEST(PlacesOfItems, AreFoundByIdWhereAFileHasMoreItems) {
    const std::vector<Item> items{item("a.py::x", 0, 1)};
    const std::vector<Item> there{item("a.py::new", 0, 2), item("a.py::x", 1, 2)};
    EXPECT_THAT(places_of(items, there), ElementsAre(Optional(1)));
}

TEST(PlacesOfItems, DecideForTheSameFunctionWhereIdsChange) {
    const std::vector<Item> items{item("a.py::x[0.5]", 0, 1)};
    EXPECT_THAT(places_of(items, std::vector{item("a.py::x[0.7]", 0, 1)}),
                ElementsAre(Optional(0)));
    EXPECT_THAT(places_of(items, std::vector{item("a.py::x[0.7]", 0, 2)}),
                ElementsAre(std::nullopt));
    EXPECT_THAT(places_of(items, std::vector{item("a.py::y[0.7]", 0, 1)}),
                ElementsAre(std::nullopt));
}

TEST(PlacesOfItems, AreOfTheFirstOfSeveralEqualIdsUnlessThePlaceFits) {
    const std::vector<Item> items{item("a.py::x", 0, 2), item("a.py::x", 1, 2)};
    EXPECT_THAT(places_of(items, items), ElementsAre(Optional(0), Optional(1)));
    EXPECT_THAT(places_of(items, std::vector{items[0]}), ElementsAre(Optional(0), Optional(0)));
}

TEST(PlacesOfItems, AreMissingForWhatIsNotThere) {
    const std::vector<Item> items{item("a.py::x", 0, 1), item("a.py::made up", -1, 1)};
    EXPECT_THAT(places_of(items, {}), ElementsAre(std::nullopt, std::nullopt));
}

class PytestForkPoints : public ::testing::Test {
protected:
    PytestForkPoints() {
        util::log::set_sink([this](util::log::Level, std::string_view line) {
            said_.with([&](auto& lines) { lines.emplace_back(line); });
        });
    }
    ~PytestForkPoints() override { util::log::set_sink({}); }
    std::vector<std::string> said() {
        return said_.with([](auto& lines) { return std::exchange(lines, {}); });
    }

    ForkPoints points_;

private:
    util::Guarded<std::vector<std::string>> said_;
};

TEST_F(PytestForkPoints, AreMadeOnceForEachContainerOfARunThatForks) {
    EXPECT_EQ(points_.claim("a"), ForkPoints::Claim::none);
    points_.add_first("first", job::JobId{1});
    EXPECT_EQ(points_.claim("first"), ForkPoints::Claim::none);
    EXPECT_EQ(points_.claim("a"), ForkPoints::Claim::make);
    EXPECT_EQ(points_.claim("a"), ForkPoints::Claim::none);
    EXPECT_THAT(said(), IsEmpty());
}

TEST_F(PytestForkPoints, KnowWhereATestIsForked) {
    points_.add_first("first", job::JobId{1});
    ASSERT_EQ(points_.claim("a"), ForkPoints::Claim::make);
    EXPECT_FALSE(points_.origin("a", 0));
    points_.take("a", job::JobId{7}, {5, std::nullopt});

    EXPECT_EQ(points_.origin("first", 3)->point, job::JobId{1});
    EXPECT_EQ(points_.origin("first", 3)->place, 3);
    EXPECT_EQ(points_.origin("a", 0)->point, job::JobId{7});
    EXPECT_EQ(points_.origin("a", 0)->place, 5);
    EXPECT_FALSE(points_.origin("a", 1));
    EXPECT_FALSE(points_.origin("unknown", 0));
}

TEST_F(PytestForkPoints, SayOnceThatAContainerHasOtherItems) {
    points_.add_first("first", job::JobId{1});
    ASSERT_EQ(points_.claim("a"), ForkPoints::Claim::make);
    ASSERT_EQ(points_.claim("b"), ForkPoints::Claim::make);
    points_.take("a", job::JobId{7}, {5, std::nullopt, std::nullopt});
    points_.refuse("b");
    points_.explain_process("a", 0);  // it is there: that its process has died is told elsewhere
    points_.explain_process("b", 1);
    points_.explain_process("unknown", 1);
    EXPECT_THAT(said(), IsEmpty());
    points_.explain_process("a", 1);
    points_.explain_process("a", 2);
    EXPECT_THAT(said(), ElementsAre("each test that is not found again in the container a gets a "
                                    "process of its own, which takes longer than forking it: "
                                    "pytest collects something else there"));
}

TEST_F(PytestForkPoints, AreOnlySoManyAtATime) {
    points_.add_first("first", job::JobId{1});
    for (const char* name : {"a", "b", "c"}) {
        EXPECT_EQ(points_.claim(name), ForkPoints::Claim::make);
        points_.take(name, job::JobId{7}, {});
    }
    EXPECT_EQ(points_.claim("d"), ForkPoints::Claim::wait);
    EXPECT_EQ(points_.claim("d"), ForkPoints::Claim::wait);
    points_.give_up("b");
    EXPECT_FALSE(points_.origin("b", 0));
    EXPECT_EQ(points_.claim("d"), ForkPoints::Claim::make);
    EXPECT_EQ(points_.claim("b"), ForkPoints::Claim::wait);
    EXPECT_THAT(said(), IsEmpty());
}

TEST_F(PytestForkPoints, SayOnceThatThereAreContainersWithoutRoom) {
    points_.add_first("first", job::JobId{1});
    for (const char* name : {"a", "b", "c"}) {
        EXPECT_EQ(points_.claim(name), ForkPoints::Claim::make);
    }
    points_.forgo("d");
    points_.forgo("e");
    EXPECT_THAT(said(), ElementsAre(HasSubstr("processes in 4 containers are in memory")));
    points_.give_up("a");
    EXPECT_EQ(points_.claim("d"), ForkPoints::Claim::none);
    EXPECT_EQ(points_.claim("f"), ForkPoints::Claim::make);
}

TEST_F(PytestForkPoints, MakeRoomWhereOneCannotBe) {
    points_.add_first("first", job::JobId{1});
    for (const char* name : {"a", "b", "c"}) {
        EXPECT_EQ(points_.claim(name), ForkPoints::Claim::make);
    }
    points_.refuse("b", "there are threads");
    points_.refuse("c");
    EXPECT_THAT(said(), ElementsAre("each test in the container b gets a process of its own, which "
                                    "takes longer than forking it: there are threads"));
    EXPECT_EQ(points_.claim("b"), ForkPoints::Claim::none);
    EXPECT_FALSE(points_.origin("b", 0));
    EXPECT_EQ(points_.claim("d"), ForkPoints::Claim::make);
    EXPECT_EQ(points_.claim("e"), ForkPoints::Claim::make);
    EXPECT_EQ(points_.claim("f"), ForkPoints::Claim::wait);
}

}  // namespace
}  // namespace maelstrom::pytest
