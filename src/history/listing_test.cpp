#include "history/listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::history {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Record only_record(const std::string& members) {
    const auto tests = parse_listing("version = 3\n[p.a.t]\n" + members);
    EXPECT_TRUE(tests) << tests.error().message();
    return tests && tests->size() == 1 ? tests->front().second : Record{};
}

TEST(Listing, NamesTestsByPackageArtifactAndCase) {
    const auto tests = parse_listing("version = 3\n"
                                     "[my-lib.\"my_lib(library)\".\"codec::round_trip\"]\n"
                                     "timings = [0.013, 0.015]\noutcome = \"success\"\n"
                                     "node_id = \"x\"\nmarkers = [\"slow\"]\n");
    ASSERT_TRUE(tests) << tests.error().message();
    ASSERT_THAT(*tests, SizeIs(1));
    EXPECT_EQ(tests->front().first, (TestKey{"my-lib", "my_lib(library)", "codec::round_trip"}));
    EXPECT_THAT(tests->front().second.durations, ElementsAre(milliseconds(13), milliseconds(15)));
}

TEST(Listing, TellsOutcomes) {
    EXPECT_EQ(only_record("timings = [1]\noutcome = \"success\"").outcome, Outcome::passed);
    EXPECT_EQ(only_record("timings = [1]\noutcome = \"failure\"").outcome, Outcome::failed);
    EXPECT_EQ(only_record("timings = [1]\noutcome = \"new\"").outcome, Outcome::failed);
    EXPECT_EQ(only_record("timings = [1]").outcome, Outcome::passed);
}

TEST(Listing, KnowsNothingOfATestWithoutTimings) {
    EXPECT_EQ(only_record("timings = []\noutcome = \"failure\"").outcome, std::nullopt);
    EXPECT_EQ(only_record("outcome = \"new\"").outcome, std::nullopt);
}

TEST(Listing, KeepsTheNewestTimings) {
    EXPECT_THAT(
        only_record("timings = [1, 2, 3, 4]").durations,
        ElementsAre(std::chrono::seconds(2), std::chrono::seconds(3), std::chrono::seconds(4)));
}

TEST(Listing, HasNoTestsInOtherVersions) {
    EXPECT_THAT(parse_listing("version = 2\n[p.a.t]\nodd = true\n").value(), IsEmpty());
}

TEST(Listing, RefusesWhatIsNoListing) {
    for (const char* text :
         {"", "version = \"3\"", "version = 3\n[p]\na = 1", "version = 3\np = 1",
          "version = 3\n[p.a]\nt = 1", "version = 3\n[p.a.t]\ntimings = 1",
          "version = 3\n[p.a.t]\ntimings = [-1]", "version = 3\n[p.a.t]\ntimings = [\"1\"]",
          "version = 3\n[p.a.t]\ntimings = [nan]", "version = 3\n[p.a.t]\noutcome = \"odd\""}) {
        const auto tests = parse_listing(text);
        ASSERT_FALSE(tests) << text;
        EXPECT_THAT(tests.error().message(), HasSubstr("line ")) << text;
    }
}

}  // namespace
}  // namespace maelstrom::history
