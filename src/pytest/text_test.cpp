#include "pytest/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::pytest {
namespace {

TEST(StripFraming, LeavesTheTracebackAlone) {
    EXPECT_EQ(strip_framing(R"(============ test session starts ============
collected 1 item

tests/test_math.py F                    [100%]

================= FAILURES ==================
____________ TestDiv.test_zero ______________

    def test_zero(self):
>       assert divide(1, 0) is None
E       ZeroDivisionError: division by zero

tests/test_math.py:17: ZeroDivisionError
========== short test summary info ==========
FAILED tests/test_math.py::TestDiv::test_zero
============ 1 failed in 0.12s =============
)"),
              R"(
    def test_zero(self):
>       assert divide(1, 0) is None
E       ZeroDivisionError: division by zero

tests/test_math.py:17: ZeroDivisionError
)");
}

TEST(StripFraming, WorksForErrorsInFixturesAndInColour) {
    EXPECT_EQ(strip_framing("x\n\x1b[31m==== ERRORS ====\x1b[0m\n____ t ____\nwhy\n"
                            "\x1b[36m\x1b[1m=== short test summary info ===\x1b[0m\nERROR t\n"),
              "why\n");
}

TEST(StripFraming, KeepsATitleThatSaysWhichPartFailed) {
    for (const char* title : {"___ T.test_u (i=1) ___", "___ test [some message] ___",
                              "___ ERROR at teardown of test_x ___"}) {
        EXPECT_EQ(strip_framing(std::string("=== FAILURES ===\n") + title + "\nwhy\n"),
                  std::string(title) + "\nwhy\n");
    }
}

TEST(StripFraming, NeverRunsPastTheEnd) {
    EXPECT_EQ(strip_framing("==== FAILURES ===="), "");
    EXPECT_EQ(strip_framing("==== FAILURES ====\n___ t ___"), "");
    EXPECT_EQ(strip_framing(""), "");
}

TEST(StripFraming, KeepsEverythingWhenTheFramingIsMissing) {
    EXPECT_EQ(strip_framing("Segmentation fault\n"), "Segmentation fault\n");
}

TEST(TakeMarks, TellsWhatEachTestPrintedAndLeavesTheRestInPlace) {
    std::string output = "head\n\x1emaelstrom 0\x1e a\x1emaelstrom end\x1e F\n\x1emaelstrom 12\x1e"
                         "b\x1emaelstrom end\x1e\x1emaelstrom 0\x1e c";
    const auto printed = take_marks(output);
    EXPECT_EQ(output, "head\n a F\nb c");
    EXPECT_THAT(printed,
                ::testing::ElementsAre(::testing::Pair(0U, " a c"), ::testing::Pair(12U, "b")));
}

TEST(TakeMarks, KeepsAMarkThatIsCutOff) {
    std::string output = "a\x1emaelstrom 1";
    EXPECT_THAT(take_marks(output), ::testing::IsEmpty());
    EXPECT_EQ(output, "a\x1emaelstrom 1");
}

TEST(CaseName, SplitsNodeIdsAsPytestsOwnReportsDo) {
    const ui::CaseName name = case_name("tests/sub/test_a.py::TestA::TestB::test_x[a::b/c]");
    EXPECT_EQ(name.suite, "tests.sub.test_a.TestA.TestB");
    EXPECT_EQ(name.name, "test_x[a::b/c]");
    EXPECT_EQ(name.file, "tests/sub/test_a.py");
    EXPECT_EQ(name.display, "tests/sub/test_a.py::TestA::TestB::test_x[a::b/c]");
}

TEST(CaseName, AcceptsItemsWithoutAName) {
    EXPECT_EQ(case_name("data/a.yaml::").suite, "data.a.yaml");
    EXPECT_EQ(case_name("data/a.yaml::").name, "");
}

TEST(CaseName, OfAWholeFileHasNoSuite) {
    EXPECT_EQ(case_name("tests/test_a.py").suite, "");
    EXPECT_EQ(case_name("tests/test_a.py").name, "tests.test_a");
}

}  // namespace
}  // namespace maelstrom::pytest
