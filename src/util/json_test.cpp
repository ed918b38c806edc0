#include "util/value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::util {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string json_complaint(std::string_view text) {
    const auto value = parse_json(text);
    return value ? "no error" : value.error().message();
}

TEST(Json, KeepsMembersInDocumentOrder) {
    const auto value = parse_json(R"({"z": 1, "a": [true, null, "x"], "m": {}})");

    ASSERT_TRUE(value);
    const Value::Object& members = *value->object();
    ASSERT_EQ(members.size(), 3U);
    EXPECT_EQ(members[0].key, "z");
    EXPECT_EQ(members[1].key, "a");
    EXPECT_EQ(members[2].key, "m");
    EXPECT_EQ(*(*members[1].value.array())[2].string(), "x");
}

TEST(Json, KeepsWholeNumbersExactly) {
    const auto value =
        parse_json("[9223372036854775807, 18446744073709551615, -9223372036854775808, -0, 1.5]");

    ASSERT_TRUE(value);
    const Value::Array& items = *value->array();
    EXPECT_EQ(std::get<std::uint64_t>(items[0].data), 9223372036854775807U);
    EXPECT_EQ(std::get<std::uint64_t>(items[1].data), UINT64_MAX);
    EXPECT_EQ(std::get<std::int64_t>(items[2].data), INT64_MIN);
    EXPECT_EQ(std::get<std::uint64_t>(items[3].data), 0U);
    EXPECT_EQ(std::get<double>(items[4].data), 1.5);
    EXPECT_THAT(json_complaint("[18446744073709551616]"), StartsWith("line 1, column 2: "));
    EXPECT_THAT(json_complaint("[18446744073709551616]"), HasSubstr("18446744073709551616"));
}

TEST(Json, KnowsThePlaceOfEveryKeyAndValue) {
    const auto value =
        parse_json("{ \"é\\\"\" : [ 1.5e3,\n   true ,null, \"a\\\\\" ],\n\"b\":{\"c\":-1}}");

    ASSERT_TRUE(value);
    const Value::Member& first = (*value->object())[0];
    const Value::Array& items = *first.value.array();
    const Value::Member& second = (*value->object())[1];
    EXPECT_EQ(value->position, (Position{1, 1}));
    EXPECT_EQ(first.position, (Position{1, 3}));
    EXPECT_EQ(first.value.position, (Position{1, 11}));
    EXPECT_EQ(items[0].position, (Position{1, 13}));
    EXPECT_EQ(items[1].position, (Position{2, 4}));
    EXPECT_EQ(items[2].position, (Position{2, 10}));
    EXPECT_EQ(items[3].position, (Position{2, 16}));
    EXPECT_EQ(second.position, (Position{3, 1}));
    EXPECT_EQ(second.value.find("c")->position, (Position{3, 10}));
}

TEST(Json, CountsPlacesFromWhereTheTextStands) {
    const auto value = parse_json("{\n\"a\":1}", {7, 20});

    ASSERT_TRUE(value);
    EXPECT_EQ(value->position, (Position{7, 20}));
    EXPECT_EQ((*value->object())[0].position, (Position{8, 1}));
}

TEST(Json, NamesAKeyThatStandsTwice) {
    EXPECT_THAT(json_complaint("{\"a\":1,\n \"b\":2, \"a\":3}"),
                AllOf(StartsWith("line 2, column 9: "), HasSubstr("\"a\"")));
    std::string many = "{";
    for (int i = 0; i < 100; ++i) {
        many += fmt::format("\"k{}\":0,", i);
    }
    EXPECT_THAT(json_complaint(many + "\"k50\":1}"), HasSubstr("\"k50\""));
    EXPECT_EQ(json_complaint(many + "\"k100\":1}"), "no error");
}

TEST(Json, PointsAtWhatIsNotJson) {
    EXPECT_THAT(json_complaint("{\"a\":\n  tru}"),
                StartsWith("line 2, column 6: this is not JSON: "));
    EXPECT_THAT(json_complaint("{\"a\" 1}"), StartsWith("line 1, column 6: "));
    EXPECT_THAT(json_complaint(""), HasSubstr("unexpected end of input"));
    EXPECT_THAT(json_complaint("{} x"), StartsWith("line 1, column 4: "));
    EXPECT_THAT(json_complaint("[1e999]"), StartsWith("line 1, column "));
    EXPECT_THAT(json_complaint("{\"a\": 1,}"), HasSubstr("unexpected '}'"));
}

TEST(Json, SeesBehindANulByte) {
    EXPECT_THAT(json_complaint(std::string_view("{}\0{", 4)), HasSubstr("after the end"));
}

TEST(Json, TakesOnlyUtf8) {
    EXPECT_THAT(json_complaint("[\"a\xff\"]"),
                AllOf(StartsWith("line 1, column "), HasSubstr("UTF-8")));
    EXPECT_EQ(std::get<std::string>(parse_json(R"("é😀\u00e9")")->data), "é😀é");
}

TEST(Json, RefusesToNestWithoutBound) {
    EXPECT_EQ(json_complaint(std::string(128, '[') + std::string(128, ']')), "no error");
    EXPECT_THAT(json_complaint(std::string(100000, '[')),
                AllOf(StartsWith("line 1, column 129: "), HasSubstr("deeper")));
}

}  // namespace
}  // namespace maelstrom::util
