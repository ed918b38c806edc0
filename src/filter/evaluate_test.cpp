#include "filter/example_tests.hpp"

namespace maelstrom::filter {

namespace {

Truth value(std::string_view text, const Subject& subject) {
    const auto dialect = static_cast<Dialect>(subject.index());
    const auto expression = Expression::parse(text, dialect);
    EXPECT_TRUE(expression) << expression.error().message();
    return expression->evaluate(subject);
}

const Subject parser_cli = CargoSubject{.package = "parser-cli"};

TEST(PartialEvaluation, OfACargoPackageDecidesWhetherItIsBuilt) {
    EXPECT_EQ(value("package.equals(parser-core) && name.equals(x)", parser_cli), Truth::no);
    EXPECT_EQ(value("package.equals(parser-cli) && name.equals(x)", parser_cli), Truth::unknown);
    EXPECT_EQ(value("package.equals(parser-cli) || name.equals(x)", parser_cli), Truth::yes);
    EXPECT_EQ(value("name.equals(x) - package.equals(parser-cli)", parser_cli), Truth::no);
    EXPECT_EQ(value("all - test", parser_cli), Truth::unknown);
    EXPECT_EQ(value("!package.equals(parser-cli) && library", parser_cli), Truth::no);
}

TEST(PartialEvaluation, OfACargoPackageKnowsNeitherTargetNorName) {
    EXPECT_EQ(value("library", parser_cli), Truth::unknown);
    EXPECT_EQ(value("binary.equals(x)", parser_cli), Truth::unknown);
    EXPECT_EQ(value("name.contains()", parser_cli), Truth::unknown);
    EXPECT_EQ(value("!name.contains()", parser_cli), Truth::unknown);
}

TEST(PartialEvaluation, OfACargoTargetKnowsItsKindAndName) {
    const Subject target =
        CargoSubject{.package = "parser-cli",
                     .target = CargoSubject::Target{.kind = TargetKind::binary, .name = "pcli"}};
    EXPECT_EQ(value("binary", target), Truth::yes);
    EXPECT_EQ(value("binary.equals(pcli)", target), Truth::yes);
    EXPECT_EQ(value("test.equals(pcli)", target), Truth::no);
    EXPECT_EQ(value("library", target), Truth::no);
    EXPECT_EQ(value("name.contains()", target), Truth::unknown);
}

TEST(PartialEvaluation, OfAGoPackageKnowsAllButTheName) {
    const Subject package =
        GoSubject{.import_path = "example.org/store", .path = "", .package_name = "store"};
    EXPECT_EQ(value("package.equals(example.org/store)", package), Truth::yes);
    EXPECT_EQ(value("package_path.equals(x)", package), Truth::no);
    EXPECT_EQ(value("package_name.equals(store)", package), Truth::yes);
    EXPECT_EQ(value("name.contains()", package), Truth::unknown);
}

TEST(PartialEvaluation, OfAPytestPackageKnowsNothingElse) {
    const Subject package = PytestSubject{};
    EXPECT_EQ(value("package.equals(default)", package), Truth::yes);
    EXPECT_EQ(value("file.contains()", package), Truth::unknown);
    EXPECT_EQ(value("name.contains()", package), Truth::unknown);
    EXPECT_EQ(value("node_id.contains()", package), Truth::unknown);
    EXPECT_EQ(value("markers.contains(x)", package), Truth::unknown);
}

TEST(PartialEvaluation, OfAPytestFileKnowsItsPath) {
    const Subject file = PytestSubject{.file = "tests/test_math.py"};
    EXPECT_EQ(value("file.starts_with(tests/)", file), Truth::yes);
    EXPECT_EQ(value("file.equals(x)", file), Truth::no);
    EXPECT_EQ(value("name.contains()", file), Truth::unknown);
    EXPECT_EQ(value("node_id.contains()", file), Truth::unknown);
    EXPECT_EQ(value("markers.contains(x)", file), Truth::unknown);
}

// In these, `name.equals(x)` is unknown.
TEST(ThreeValuedLogic, FollowsTheTableOfAnd) {
    EXPECT_EQ(value("all & all", parser_cli), Truth::yes);
    EXPECT_EQ(value("all & none", parser_cli), Truth::no);
    EXPECT_EQ(value("all & name.equals(x)", parser_cli), Truth::unknown);
    EXPECT_EQ(value("none & all", parser_cli), Truth::no);
    EXPECT_EQ(value("none & none", parser_cli), Truth::no);
    EXPECT_EQ(value("none & name.equals(x)", parser_cli), Truth::no);
    EXPECT_EQ(value("name.equals(x) & all", parser_cli), Truth::unknown);
    EXPECT_EQ(value("name.equals(x) & none", parser_cli), Truth::no);
    EXPECT_EQ(value("name.equals(x) & name.equals(x)", parser_cli), Truth::unknown);
}

TEST(ThreeValuedLogic, FollowsTheTableOfOr) {
    EXPECT_EQ(value("all | all", parser_cli), Truth::yes);
    EXPECT_EQ(value("all | none", parser_cli), Truth::yes);
    EXPECT_EQ(value("all | name.equals(x)", parser_cli), Truth::yes);
    EXPECT_EQ(value("none | all", parser_cli), Truth::yes);
    EXPECT_EQ(value("none | none", parser_cli), Truth::no);
    EXPECT_EQ(value("none | name.equals(x)", parser_cli), Truth::unknown);
    EXPECT_EQ(value("name.equals(x) | all", parser_cli), Truth::yes);
    EXPECT_EQ(value("name.equals(x) | none", parser_cli), Truth::unknown);
    EXPECT_EQ(value("name.equals(x) | name.equals(x)", parser_cli), Truth::unknown);
}

TEST(ThreeValuedLogic, LeavesTheUnknownUnknownWhenNegated) {
    EXPECT_EQ(value("!all", parser_cli), Truth::no);
    EXPECT_EQ(value("!none", parser_cli), Truth::yes);
    EXPECT_EQ(value("!name.equals(x)", parser_cli), Truth::unknown);
    EXPECT_EQ(value("!(all & name.equals(x))", parser_cli), Truth::unknown);
}

Truth named(std::string_view text, std::string_view name) {
    return value(text, GoSubject{.name = name});
}

TEST(Matchers, CompareTexts) {
    EXPECT_EQ(named("name.equals(TestOpen)", "TestOpen"), Truth::yes);
    EXPECT_EQ(named("name.equals(TestOpen)", "TestOpened"), Truth::no);
    EXPECT_EQ(named("name.equals( TestOpen )", "TestOpen"), Truth::no);
    EXPECT_EQ(named("name.contains()", ""), Truth::yes);
    EXPECT_EQ(named("name.contains(stOp)", "TestOpen"), Truth::yes);
    EXPECT_EQ(named("name.starts_with(Test)", "MyTest"), Truth::no);
    EXPECT_EQ(named("name.ends_with(Test)", "MyTest"), Truth::yes);
    EXPECT_EQ(named("name.equals(\"x\")", "x"), Truth::no);
}

TEST(Matchers, FindRegularExpressionsAnywhere) {
    EXPECT_EQ(named("name.matches(tO)", "TestOpen"), Truth::yes);
    EXPECT_EQ(named("name.matches(^Open)", "TestOpen"), Truth::no);
    EXPECT_EQ(named("name.matches(open)", "TestOpen"), Truth::no);
    EXPECT_EQ(named("name.matches((?i)open)", "TestOpen"), Truth::yes);
    EXPECT_EQ(named("name.matches(^a.b$)", "a\nb"), Truth::no);
    EXPECT_EQ(named("name.matches(^.$)", "ä"), Truth::yes);
    EXPECT_EQ(named("name.matches(^\\pL+$)", "Größe"), Truth::yes);
    EXPECT_EQ(named("name.matches()", "anything"), Truth::yes);
}

}  // namespace

}  // namespace maelstrom::filter
