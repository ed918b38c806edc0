#include "filter/example_tests.hpp"
#include "filter/selection.hpp"

namespace maelstrom::filter {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::StartsWith;

using Texts = std::vector<std::string>;

Selection selection(const Texts& includes, const Texts& excludes) {
    auto parsed = Selection::parse(includes, excludes, Dialect::cargo);
    EXPECT_TRUE(parsed) << parsed.error().message();
    return *std::move(parsed);
}

Texts chosen(const Texts& includes, const Texts& excludes) {
    const Selection filters = selection(includes, excludes);
    Texts ids;
    for (const ExampleTest& test : example_tests(Dialect::cargo)) {
        if (filters.evaluate(test.subject) == Truth::yes) {
            ids.emplace_back(test.id);
        }
    }
    return ids;
}

TEST(Selection, WithoutFiltersIsEverything) {
    EXPECT_THAT(chosen({}, {}), ElementsAre("C1", "C2", "C3", "C4", "C5", "C6"));
}

TEST(Selection, JoinsIncludesAndTakesExcludesAway) {
    EXPECT_THAT(chosen({"library", "binary"}, {}), ElementsAre("C1", "C2", "C3"));
    EXPECT_THAT(chosen({}, {"library", "binary"}), ElementsAre("C4", "C5", "C6"));
    EXPECT_THAT(chosen({"library", "binary"}, {"name.contains(empty)"}), ElementsAre("C2", "C3"));
    EXPECT_THAT(chosen({"library"}, {"all"}), IsEmpty());
}

TEST(Selection, LetsNoPrecedenceLeakFromOneFilterIntoAnother) {
    EXPECT_THAT(chosen({"library | test", "binary & none"}, {"test | none"}),
                ElementsAre("C1", "C2"));
}

TEST(Selection, OfWhatIsPartlyKnownMayBeUnknown) {
    const Selection filters = selection({"package.equals(a)", "name.equals(x)"}, {"test"});
    EXPECT_EQ(filters.evaluate(CargoSubject{.package = "a"}), Truth::unknown);
    EXPECT_EQ(filters.evaluate(CargoSubject{.package = "b"}), Truth::unknown);
    EXPECT_EQ(selection({"package.equals(a)"}, {}).evaluate(CargoSubject{.package = "b"}),
              Truth::no);
    EXPECT_EQ(selection({}, {"package.equals(a)"}).evaluate(CargoSubject{.package = "a"}),
              Truth::no);
}

TEST(Selection, SaysWhichFilterIsWrong) {
    EXPECT_THAT(
        Selection::parse(Texts{"all"}, Texts{"all", "oops"}, Dialect::cargo).error().message(),
        StartsWith("--exclude number 2: line 1, column 1: found \"oops\""));
    EXPECT_THAT(Selection::parse(Texts{""}, Texts{}, Dialect::cargo).error().message(),
                StartsWith("--include number 1: line 1, column 1: the filter is empty"));
}

TEST(Selection, WarnsOnceAndSaysOfWhat) {
    EXPECT_EQ(selection({"all - none"}, {}).warning(), std::nullopt);
    EXPECT_THAT(selection({"all"}, {"test", "all - none - test", "all - test - none"}).warning(),
                Optional(StartsWith("--exclude number 2: line 1, column 1: read from left")));
}

}  // namespace

}  // namespace maelstrom::filter
