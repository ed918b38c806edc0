#include "util/value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::util {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string toml_complaint(std::string_view text) {
    const auto value = parse_toml(text);
    return value ? "no error" : value.error().message();
}

TEST(Toml, ReadsEveryTypeOfOurs) {
    const auto value =
        parse_toml("s = \"x\"\ni = 5\nn = -5\nf = 1.5\nb = true\nl = [1, 2]\n[t]\nk = 'v'\n");

    ASSERT_TRUE(value);
    EXPECT_EQ(*value->find("s")->string(), "x");
    EXPECT_EQ(std::get<std::uint64_t>(value->find("i")->data), 5U);
    EXPECT_EQ(std::get<std::int64_t>(value->find("n")->data), -5);
    EXPECT_EQ(std::get<double>(value->find("f")->data), 1.5);
    EXPECT_TRUE(*value->find("b")->boolean());
    EXPECT_EQ(value->find("l")->array()->size(), 2U);
    EXPECT_EQ(*value->find("t")->find("k")->string(), "v");
}

TEST(Toml, KeepsDocumentOrder) {
    const auto value = parse_toml("z = 1\na = 2\n[m]\n[c.d]\n");

    ASSERT_TRUE(value);
    std::vector<std::string> keys;
    for (const Value::Member& member : *value->object()) {
        keys.push_back(member.key);
    }
    EXPECT_THAT(keys, ::testing::ElementsAre("z", "a", "m", "c"));
}

TEST(Toml, KnowsThePlaceOfEveryKeyAndValue) {
    const auto value = parse_toml("\n  a = [ 1,\n 'x' ]\n[t]\nb.c = 2\nd = { e = 3 }\n");

    ASSERT_TRUE(value);
    const Value::Member& a = (*value->object())[0];
    const Value::Member& t = (*value->object())[1];
    const Value::Member& b = (*t.value.object())[0];
    const Value::Member& d = (*t.value.object())[1];
    EXPECT_EQ(a.position, (Position{2, 3}));
    EXPECT_EQ(a.value.position, (Position{2, 7}));
    EXPECT_EQ((*a.value.array())[1].position, (Position{3, 2}));
    EXPECT_EQ(t.position, (Position{4, 2}));
    EXPECT_EQ(b.position, (Position{5, 1}));
    EXPECT_EQ((*b.value.object())[0].position, (Position{5, 3}));
    EXPECT_EQ(d.value.position, (Position{6, 5}));
    EXPECT_EQ((*d.value.object())[0].position, (Position{6, 7}));
}

TEST(Toml, NamesAKeyThatStandsTwice) {
    EXPECT_THAT(toml_complaint("a = 1\nb = 2\na = 3\n"),
                AllOf(StartsWith("line 3, column "), HasSubstr("a")));
    EXPECT_THAT(toml_complaint("[t]\n[t]\n"), StartsWith("line 2, column "));
}

TEST(Toml, PointsAtWhatIsNotToml) {
    EXPECT_THAT(toml_complaint("a = \n"), StartsWith("line 1, column 5: this is not TOML: "));
    EXPECT_THAT(toml_complaint("ok = 1\na = \"\xff\"\n"), StartsWith("line 2, column "));
    EXPECT_THAT(toml_complaint("a = 99999999999999999999\n"), StartsWith("line 1, column "));
}

TEST(Toml, TakesNoDates) {
    EXPECT_THAT(toml_complaint("a = 2024-01-01\n"),
                AllOf(StartsWith("line 1, column 5: "), HasSubstr("string")));
}

TEST(Toml, RefusesToNestWithoutBound) {
    std::string dots = "a";
    for (int i = 0; i < 200000; ++i) {
        dots += ".a";
    }
    EXPECT_THAT(toml_complaint("x = 1\n" + dots + " = 1\n"),
                AllOf(StartsWith("line 2"), HasSubstr("deeper")));
    EXPECT_THAT(toml_complaint("[" + dots + "]\n"), HasSubstr("deeper"));
    EXPECT_THAT(toml_complaint("a = " + std::string(1000, '[') + std::string(1000, ']')),
                HasSubstr("deeper"));
}

TEST(Toml, MistakesNoNumbersOrStringsForDepth) {
    std::string text = "a = [";
    for (int i = 0; i < 1000; ++i) {
        text += "1.5,";
    }
    text += "]\nb = \"" + std::string(1000, '.') + "\" # " + std::string(1000, '[') +
            "\nc = '''[\n" + std::string(500, '[') + "'''\n";
    EXPECT_EQ(toml_complaint(text), "no error");
}

}  // namespace
}  // namespace maelstrom::util
