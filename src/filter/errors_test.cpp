#include "filter/example_tests.hpp"

namespace maelstrom::filter {

namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(FilterErrors, PointAtThePlace) {
    EXPECT_EQ(refusal("name.startswith(x) || all"),
              "line 1, column 6: found \"startswith\", expected a matcher: equals, contains, "
              "starts_with, ends_with, matches, globs; did you mean \"starts_with\"?\n"
              "    name.startswith(x) || all\n"
              "         ^");
}

TEST(FilterErrors, ShowTheLineOfALongerFilter) {
    EXPECT_THAT(refusal("\nall &&\n\tnöme.equals(x) &&\nall"),
                AllOf(StartsWith("line 3, column 3: found \"ö\", expected \"and\""),
                      EndsWith("\n     nöme.equals(x) &&\n      ^")))
        << "a tab takes one column";
}

TEST(FilterErrors, ShowAPartOfAVeryLongLine) {
    const std::string blanks(100, ' ');
    EXPECT_THAT(refusal("all" + blanks + "&?" + blanks + "any"),
                EndsWith("\n    …" + std::string(59, ' ') + "&?" + std::string(39, ' ') +
                         "…\n    " + std::string(61, ' ') + "^"));
}

TEST(FilterErrors, PointAtTheEndWhereSomethingIsMissing) {
    EXPECT_EQ(refusal("all and ", Dialect::go),
              "line 1, column 9: found the end, expected a selector: all, any, true, none, false, "
              "failed, "
              "name.…, package_import_path.…, package_path.…, package_name.…\n"
              "    all and \n"
              "            ^");
}

TEST(FilterErrors, PointAtTheParenthesisThatIsNotClosed) {
    EXPECT_EQ(refusal("all & (any | (none)"),
              "line 1, column 7: this parenthesis has no closing one\n"
              "    all & (any | (none)\n"
              "          ^");
}

TEST(FilterErrors, SuggestTheNearestWord) {
    EXPECT_THAT(refusal("librari"), HasSubstr("did you mean \"library\"?"));
    EXPECT_THAT(refusal("nme.equals(x)"), HasSubstr("did you mean \"name\"?"));
    EXPECT_THAT(refusal("Name.equals(x)"), HasSubstr("did you mean \"name\"?"));
    EXPECT_THAT(refusal("all AND any"), HasSubstr("did you mean \"and\"?"));
    EXPECT_THAT(refusal("all mins any"), HasSubstr("did you mean \"minus\"?"));
    EXPECT_THAT(refusal("n.contain(x"), HasSubstr("no closing delimiter"));
    EXPECT_THAT(refusal("equals(x)"), HasSubstr("a matcher stands behind a selector"));
}

TEST(FilterErrors, TellWhoWritesABareNameHowToLookForIt) {
    EXPECT_THAT(
        refusal("test_open_twice", Dialect::pytest),
        EndsWith("; to look for a name, write name.contains(…)\n    test_open_twice\n    ^"));
}

TEST(FilterErrors, SayWhoseSelectorItIs) {
    EXPECT_THAT(refusal("file.equals(x)", Dialect::cargo),
                HasSubstr("\"file\" selects tests of pytest, these are tests of cargo"));
    EXPECT_THAT(refusal("library", Dialect::pytest),
                HasSubstr("\"library\" selects tests of cargo, these are tests of pytest"));
    EXPECT_THAT(refusal("package_path.equals(x)", Dialect::cargo),
                HasSubstr("\"package_path\" selects tests of Go"));
}

TEST(FilterErrors, ExplainMarkers) {
    EXPECT_THAT(refusal("markers.equals(slow)", Dialect::pytest),
                HasSubstr("found \"equals\", expected \"contains\": markers are a list"));
    EXPECT_THAT(refusal("markers", Dialect::pytest), HasSubstr("\"markers\" needs a matcher"));
}

TEST(FilterErrors, PointIntoABadRegularExpression) {
    EXPECT_EQ(refusal("name.matches(^a(b|\\q)$)"),
              "line 1, column 19: this is no regular expression: invalid escape sequence: \\q; the "
              "syntax is that of RE2, without back-references and look-around\n"
              "    name.matches(^a(b|\\q)$)\n"
              "                      ^");
    EXPECT_THAT(refusal("name.matches/x(?=y)/"), HasSubstr("without back-references and look-ar"));
    EXPECT_THAT(refusal("name.matches(a{9999})"), HasSubstr("this is no regular expression"));
    EXPECT_THAT(refusal("name.matches(\xFF)"), HasSubstr("this is no regular expression"));
}

TEST(FilterErrors, PointIntoABadGlob) {
    EXPECT_EQ(refusal("name.globs(a[b)"),
              "line 1, column 13: this is no glob: this bracket has no closing one\n"
              "    name.globs(a[b)\n"
              "                ^");
}

TEST(FilterErrors, SurviveWhatIsNoText) {
    EXPECT_THAT(refusal("\xFF"), StartsWith("line 1, column 1: found \"\uFFFD\", expected"));
    EXPECT_THAT(refusal("all \x1b[31m"), HasSubstr("found \"\\x1b\""));
    EXPECT_THAT(refusal(std::string_view("all\0", 4)), HasSubstr("found \"\\x00\""));
}

}  // namespace

}  // namespace maelstrom::filter
