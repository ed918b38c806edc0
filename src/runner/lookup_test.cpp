#include "runner/lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::runner {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Lookup : public ::testing::Test {
protected:
    Lookup() {
        for (const char* name : {"t/a.py::T::test_zero", "t/a.py::test_one", "t/b.py::test_one",
                                 "t/b.py::test_two[x y]", "t/c.t"}) {
            cases_.push_back(
                {.name = std::make_shared<const ui::CaseName>(ui::CaseName{.display = name})});
        }
    }
    std::string found(std::string_view text) const {
        const auto test = find_case(cases_, text);
        return test ? (*test)->name->display : test.error().message();
    }

    std::vector<Case> cases_;
};

TEST_F(Lookup, FindsACaseByItsNameOrTheEndOfIt) {
    EXPECT_EQ(found("t/a.py::test_one"), "t/a.py::test_one");
    EXPECT_EQ(found("b.py::test_one"), "t/b.py::test_one");
    EXPECT_EQ(found("test_zero"), "t/a.py::T::test_zero");
    EXPECT_EQ(found("test_two[x y]"), "t/b.py::test_two[x y]");
}

TEST_F(Lookup, FindsACaseByTheNameOfAPart) {
    EXPECT_EQ(found("t/c.t 3 - adds"), "t/c.t");
}

TEST_F(Lookup, NamesAllThatAnAmbiguousTextFits) {
    EXPECT_THAT(found("test_one"),
                AllOf(HasSubstr("fits 2 tests"), HasSubstr("\n    t/a.py::test_one"),
                      HasSubstr("\n    t/b.py::test_one")));
}

TEST_F(Lookup, NamesWhatIsNearAnUnknownText) {
    EXPECT_THAT(found("test_zerro"), AllOf(HasSubstr("no test is called \"test_zerro\""),
                                           HasSubstr("T::test_zero"), Not(HasSubstr("test_two"))));
    EXPECT_THAT(found("two"), HasSubstr("test_two[x y]"));
    EXPECT_THAT(found("qqqqqqqq"), HasSubstr("--list"));
}

}  // namespace
}  // namespace maelstrom::runner
