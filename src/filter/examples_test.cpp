#include "filter/example_tests.hpp"

// One line an example of the user's manual and of the conformance lists, in their order.

namespace maelstrom::filter {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<std::string> cargo(std::string_view text) {
    return selected(Dialect::cargo, text);
}
std::vector<std::string> go(std::string_view text) {
    return selected(Dialect::go, text);
}
std::vector<std::string> pytest(std::string_view text) {
    return selected(Dialect::pytest, text);
}

TEST(CargoExamples, SelectByPackageAndTarget) {
    EXPECT_THAT(cargo("all"), ElementsAre("C1", "C2", "C3", "C4", "C5", "C6"));
    EXPECT_THAT(cargo("n"), IsEmpty());
    EXPECT_THAT(cargo("library()"), ElementsAre("C1", "C2"));
    EXPECT_THAT(cargo("binary || test"), ElementsAre("C3", "C4"));
    EXPECT_THAT(cargo("package.equals(parser-core)"), ElementsAre("C1", "C2", "C6"));
    EXPECT_THAT(cargo("p.eq(parser-core) & n.c(tests)"), ElementsAre("C1", "C2"));
    EXPECT_THAT(cargo("package.equals(parser-core) - library"), ElementsAre("C6"));
    EXPECT_THAT(cargo("package.starts_with(parser-) && !package.ends_with(-core)"),
                ElementsAre("C3", "C4", "C5"));
    EXPECT_THAT(cargo("test.equals(end_to_end)"), ElementsAre("C4"));
    EXPECT_THAT(cargo("binary.contains(end)"), IsEmpty());
    EXPECT_THAT(cargo("example.globs(d*)"), ElementsAre("C6"));
}

TEST(CargoExamples, SelectByName) {
    EXPECT_THAT(cargo("name.matches/^lexer::tests::(empty|nested)_/"), ElementsAre("C1", "C2"));
    EXPECT_THAT(cargo("name.matches(^lexer::tests::(empty|nested)_)"), ElementsAre("C1", "C2"));
    EXPECT_THAT(cargo("name.matches{tests::[a-z_]+$}"), ElementsAre("C1", "C2", "C3"));
    EXPECT_THAT(cargo("name.globs(lexer::*)"), ElementsAre("C1", "C2"));
    EXPECT_THAT(cargo("name.equals(Reads_Stdin)"), IsEmpty());
}

TEST(CargoExamples, JoinQuestions) {
    EXPECT_THAT(cargo("not library and not test"), ElementsAre("C3", "C5", "C6"));
    EXPECT_THAT(cargo("name.equals(reads_stdin) || package.equals(parser-bench) && library"),
                ElementsAre("C4"));
    EXPECT_THAT(cargo("name.contains(::tests::) \\ binary"), ElementsAre("C1", "C2"));
    EXPECT_THAT(cargo("library minus name.contains(nested) minus name.contains(comment)"),
                ElementsAre("C1"));
    EXPECT_THAT(cargo("library - name.contains(tests) && name.contains(nested)"), IsEmpty());
    EXPECT_THAT(cargo("library + name.contains(empty)"), ElementsAre("C1"));
}

TEST(CargoExamples, OfAConfigurationFileStandOnSeveralLines) {
    EXPECT_THAT(
        cargo("\npackage.equals(parser-core) &&\n"
              "( name.starts_with(lexer::) || name.matches/^parser::tests::slow_\\d+$/ )\n"),
        ElementsAre("C1", "C2"));
    EXPECT_THAT(cargo("package.equals(parser-cli) && test"), ElementsAre("C4"));
}

TEST(GoExamples, SelectByPackageAndName) {
    EXPECT_THAT(go("package.equals(example.org/store)"), ElementsAre("G1"));
    EXPECT_THAT(go("package_path.equals()"), ElementsAre("G1"));
    EXPECT_THAT(go("package_path.starts_with(kv)"), ElementsAre("G2", "G3", "G4"));
    EXPECT_THAT(go("package_name.equals(store)"), ElementsAre("G1", "G5"));
    EXPECT_THAT(go("p.c(kv) && n.starts_with(Test)"), ElementsAre("G2"));
    EXPECT_THAT(go("name.matches/^(Fuzz|Example)/"), ElementsAre("G3", "G4"));
    EXPECT_THAT(go("package_import_path.globs(*/rpc)"), ElementsAre("G2", "G3"));
    EXPECT_THAT(go("package_p.eq(kv)"), ElementsAre("G4"));
    EXPECT_THAT(go("name.equals(TestOpen) - package_path.equals(v2)"), ElementsAre("G1"));
    EXPECT_THAT(go("package.globs(**/kv)"), ElementsAre("G4"));
    EXPECT_THAT(go("name.starts_with(Test) + package_n.eq(kvrpc)"), ElementsAre("G2"));
}

TEST(GoExamples, RefuseASelectorOfCargo) {
    EXPECT_THAT(refusal("test.equals(TestOpen)", Dialect::go),
                HasSubstr("\"test\" selects tests of cargo, these are tests of Go"));
}

TEST(PytestExamples, SelectByFile) {
    EXPECT_THAT(pytest("file.equals(tests/test_math.py)"), ElementsAre("P1", "P2", "P3"));
    EXPECT_THAT(pytest("file.starts_with(tests/) minus file.contains(/io/)"),
                ElementsAre("P1", "P2", "P3"));
    EXPECT_THAT(pytest("file.globs(tests/*.py)"), ElementsAre("P1", "P2", "P3", "P4", "P5"));
    EXPECT_THAT(pytest("file.globs(**/*.py)"), ElementsAre("P1", "P2", "P3", "P4", "P5", "P6"));
    EXPECT_THAT(pytest("package.equals(default)"), ElementsAre("P1", "P2", "P3", "P4", "P5", "P6"));
    EXPECT_THAT(pytest("f.ends_with(_top.py) or na.c(write)"), ElementsAre("P5", "P6"));
}

TEST(PytestExamples, SelectByMarker) {
    EXPECT_THAT(pytest("markers.contains(slow)"), ElementsAre("P3", "P4"));
    EXPECT_THAT(pytest("markers.contains(slo)"), IsEmpty());
    EXPECT_THAT(pytest("markers.c/slow/ && !markers.contains(net)"), ElementsAre("P3"));
    EXPECT_THAT(pytest("m.c(slow)"), ElementsAre("P3", "P4"));
}

TEST(PytestExamples, SelectByNameAndNodeId) {
    EXPECT_THAT(pytest("node_id.equals(tests/test_math.py::test_add[1-2])"), ElementsAre("P1"));
    EXPECT_THAT(pytest("name.matches<^test_add\\[[0-9]>"), ElementsAre("P1", "P2"));
    EXPECT_THAT(pytest("name.starts_with(TestDiv.)"), ElementsAre("P3"));
    EXPECT_THAT(pytest("name.starts_with(TestDiv::)"), IsEmpty());
    EXPECT_THAT(pytest("node_id.contains(TestDiv::)"), ElementsAre("P3"));
    EXPECT_THAT(pytest("node_id.matches{::test_(read|write)$}"), ElementsAre("P4", "P5"));
    EXPECT_THAT(pytest("node_id.contains/[/"), ElementsAre("P1", "P2"));
}

TEST(PytestExamples, RefuseAnAmbiguousSelector) {
    EXPECT_THAT(refusal("n.eq(test_read)", Dialect::pytest),
                HasSubstr("\"n\" is too short, it may mean \"name\" or \"node_id\""));
}

TEST(Conformance, RefusesWhatIsNoFilter) {
    EXPECT_THAT(refusal(""), HasSubstr("the filter is empty"));
    EXPECT_THAT(refusal("a"), HasSubstr("may mean \"all\" or \"any\""));
    EXPECT_THAT(refusal("name"), HasSubstr("\"name\" needs a matcher, as in name.equals(…)"));
    EXPECT_THAT(refusal("package()"), HasSubstr("\"package\" needs a matcher"));
    EXPECT_THAT(refusal("allx"), HasSubstr("did you mean \"all\"?"));
    EXPECT_THAT(refusal("ALL"), HasSubstr("did you mean \"all\"?"));
    EXPECT_THAT(refusal("all any"),
                StartsWith("line 1, column 5: found \"any\", expected \"and\""));
    EXPECT_THAT(refusal("all minus"), StartsWith("line 1, column 10: found the end, expected"));
    EXPECT_THAT(refusal("n.e(x)"), HasSubstr("may mean \"equals\" or \"ends_with\""));
    EXPECT_THAT(refusal("n.equals (x)"), StartsWith("line 1, column 9: found white space"));
    EXPECT_THAT(refusal("n .equals(x)"), HasSubstr("no white space may stand around the dot"));
    EXPECT_THAT(refusal("n.equals(x"), HasSubstr("has no closing delimiter"));
    EXPECT_THAT(refusal("n.equals(x))"), HasSubstr("no parenthesis is open"));
    EXPECT_THAT(refusal("n.equals/a/b/"), HasSubstr("text between slashes cannot contain one"));
    EXPECT_THAT(refusal("library.eq(x)"), HasSubstr("\"library\" stands alone"));
    EXPECT_THAT(refusal("n.matches/*/"), HasSubstr("this is no regular expression"));
    EXPECT_THAT(refusal("all( )"), HasSubstr("nothing but \"()\" may follow \"all\""));
    EXPECT_THAT(refusal("()"), StartsWith("line 1, column 2: found \")\", expected a selector"));
    EXPECT_THAT(refusal("all &&& any"), StartsWith("line 1, column 7: found \"&\", expected a se"));
    EXPECT_THAT(refusal("all, any"), StartsWith("line 1, column 4: found \",\", expected \"and\""));
}

TEST(Conformance, AcceptsEverySpellingOfTheOperators) {
    EXPECT_EQ(reading("all&any"), "(all & all)");
    EXPECT_EQ(reading("all&&any"), "(all & all)");
    EXPECT_EQ(reading("all+any"), "(all & all)");
    EXPECT_EQ(reading("all|any"), "(all | all)");
    EXPECT_EQ(reading("all||any"), "(all | all)");
    EXPECT_EQ(reading("all-any"), "(all & !all)");
    EXPECT_EQ(reading("all\\any"), "(all & !all)");
    EXPECT_EQ(reading("!!all"), "all");
    EXPECT_EQ(reading("not not all"), "all");
    EXPECT_EQ(reading("!( all || none )"), "!(all | none)");
    EXPECT_EQ(reading("all&!none"), "(all & !none)");
    EXPECT_EQ(reading("all -!none"), "(all & none)");
    EXPECT_EQ(reading("\nall\nand\nnone\nor\nnot\nall\nminus\nnone\n"),
              "((all & none) | (!all & !none))");
    EXPECT_EQ(reading("n.equals[(]"), "name.equals[(]");
    EXPECT_EQ(reading("n.equals()"), "name.equals()");
}

}  // namespace

}  // namespace maelstrom::filter
