#include "filter/example_tests.hpp"

namespace maelstrom::filter {

namespace {

using ::testing::ElementsAre;

constexpr std::array every_dialect{Dialect::cargo, Dialect::go, Dialect::pytest};

std::vector<std::string_view> meanings(std::string_view word, Form form, Dialect dialect) {
    const Lookup<Selector> lookup = find_selector(word, form, dialect);
    return lookup.found ? std::vector{name_of(*lookup.found)} : lookup.candidates;
}

std::vector<std::string_view> cargo_simple(std::string_view word) {
    return meanings(word, Form::simple, Dialect::cargo);
}
std::vector<std::string_view> cargo_compound(std::string_view word) {
    return meanings(word, Form::compound, Dialect::cargo);
}
std::vector<std::string_view> go_compound(std::string_view word) {
    return meanings(word, Form::compound, Dialect::go);
}
std::vector<std::string_view> pytest_compound(std::string_view word) {
    return meanings(word, Form::compound, Dialect::pytest);
}

TEST(Vocabulary, KnowsConstantsEverywhere) {
    for (const Dialect dialect : every_dialect) {
        SCOPED_TRACE(name_of(dialect));
        EXPECT_THAT(meanings("al", Form::simple, dialect), ElementsAre("all"));
        EXPECT_THAT(meanings("an", Form::simple, dialect), ElementsAre("all"));
        EXPECT_THAT(meanings("tr", Form::simple, dialect), ElementsAre("all"));
        EXPECT_THAT(meanings("n", Form::simple, dialect), ElementsAre("none"));
        EXPECT_THAT(meanings("f", Form::simple, dialect), ElementsAre("none"));
        EXPECT_THAT(meanings("a", Form::simple, dialect), ElementsAre("all", "any"));
    }
}

TEST(Vocabulary, KeepsTheShortFormsOfFalseThatAreOlderThanFailed) {
    for (const Dialect dialect : every_dialect) {
        SCOPED_TRACE(name_of(dialect));
        EXPECT_THAT(meanings("fa", Form::simple, dialect), ElementsAre("none"));
        EXPECT_THAT(meanings("fai", Form::simple, dialect), ElementsAre("failed"));
        EXPECT_THAT(meanings("failed", Form::simple, dialect), ElementsAre("failed"));
    }
}

TEST(Vocabulary, CutsTheSelectorsOfCargoShort) {
    EXPECT_THAT(cargo_simple("l"), ElementsAre("library"));
    EXPECT_THAT(cargo_simple("e"), ElementsAre("example"));
    EXPECT_THAT(cargo_simple("bi"), ElementsAre("binary"));
    EXPECT_THAT(cargo_simple("be"), ElementsAre("benchmark"));
    EXPECT_THAT(cargo_simple("te"), ElementsAre("test"));
    EXPECT_THAT(cargo_simple("t"), ElementsAre("true", "test"));
    EXPECT_THAT(cargo_simple("b"), ElementsAre("binary", "benchmark"));
    EXPECT_THAT(cargo_compound("n"), ElementsAre("name"));
    EXPECT_THAT(cargo_compound("p"), ElementsAre("package"));
    EXPECT_THAT(cargo_compound("t"), ElementsAre("test"));
    EXPECT_THAT(cargo_compound("b"), ElementsAre("binary", "benchmark"));
}

TEST(Vocabulary, TakesAnyBeginningOfPackageForTheImportPathOfGo) {
    EXPECT_THAT(go_compound("n"), ElementsAre("name"));
    EXPECT_THAT(go_compound("p"), ElementsAre("package_import_path"));
    EXPECT_THAT(go_compound("pack"), ElementsAre("package_import_path"));
    EXPECT_THAT(go_compound("package"), ElementsAre("package_import_path"));
    EXPECT_THAT(go_compound("package_"), ElementsAre("package_import_path"));
    EXPECT_THAT(go_compound("package_i"), ElementsAre("package_import_path"));
    EXPECT_THAT(go_compound("package_p"), ElementsAre("package_path"));
    EXPECT_THAT(go_compound("package_n"), ElementsAre("package_name"));
    EXPECT_THAT(meanings("t", Form::simple, Dialect::go), ElementsAre("all"));
}

TEST(Vocabulary, CutsTheSelectorsOfPytestShort) {
    EXPECT_THAT(pytest_compound("na"), ElementsAre("name"));
    EXPECT_THAT(pytest_compound("no"), ElementsAre("node_id"));
    EXPECT_THAT(pytest_compound("p"), ElementsAre("package"));
    EXPECT_THAT(pytest_compound("f"), ElementsAre("file"));
    EXPECT_THAT(pytest_compound("m"), ElementsAre("markers"));
    EXPECT_THAT(pytest_compound("n"), ElementsAre("name", "node_id"));
}

TEST(Vocabulary, CutsMatchersShort) {
    EXPECT_EQ(find_matcher("eq").found, MatcherKind::equals);
    EXPECT_EQ(find_matcher("en").found, MatcherKind::ends_with);
    EXPECT_EQ(find_matcher("c").found, MatcherKind::contains);
    EXPECT_EQ(find_matcher("s").found, MatcherKind::starts_with);
    EXPECT_EQ(find_matcher("m").found, MatcherKind::matches);
    EXPECT_EQ(find_matcher("g").found, MatcherKind::globs);
    EXPECT_THAT(find_matcher("e").candidates, ElementsAre("equals", "ends_with"));
    EXPECT_EQ(find_matcher("x").found, std::nullopt);
    EXPECT_EQ(find_matcher("").found, std::nullopt);
}

}  // namespace

}  // namespace maelstrom::filter
