#include "util/json_text.hpp"
#include "util/value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace maelstrom::util {
namespace {

std::string as_json(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST(JsonText, EscapesWhatMayNotStandInAString) {
    EXPECT_EQ(as_json("a\"b\\c\n\r\t\x01\x7f"
                      "é"),
              R"("a\"b\\c\n\r\t\u0001\u007fé")");
    EXPECT_EQ(as_json(std::string_view("\0", 1)), R"("\u0000")");
    EXPECT_EQ(as_json("a\xff"), "\"a\xEF\xBF\xBD\"");
}

TEST(JsonText, ReadsBackTheSame) {
    std::string all;
    for (int i = 0; i < 128; ++i) {
        all += static_cast<char>(i);
    }
    const auto value = parse_json(as_json(all));
    ASSERT_TRUE(value);
    EXPECT_EQ(*value->string(), all);
}

TEST(JsonText, EncodesBase64WithPadding) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

TEST(JsonWriter, PutsCommasAndColonsItself) {
    JsonWriter json;
    json.begin_object().key("a").number(-1).key("b").begin_array().boolean(true).null();
    json.begin_object().end_object().string("x").end_array().key("c").number(0.25).end_object();
    EXPECT_EQ(json.text(), R"({"a":-1,"b":[true,null,{},"x"],"c":0.25})");
}

TEST(JsonWriter, WrapsBytesThatAreNotText) {
    JsonWriter json;
    json.begin_array().bytes("text").bytes("\xff").end_array();
    EXPECT_EQ(json.text(), R"(["text",{"base64":"/w=="}])");
}

TEST(JsonWriter, HasNoWordForInfinity) {
    JsonWriter json;
    json.begin_array()
        .number(std::numeric_limits<double>::infinity())
        .number(UINT64_MAX)
        .end_array();
    EXPECT_EQ(json.text(), "[null,18446744073709551615]");
}

}  // namespace
}  // namespace maelstrom::util
