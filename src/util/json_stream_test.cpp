#include "util/json_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::util {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Everything that is complete, then "…" or the error.
std::vector<std::string> drain(JsonStream& stream) {
    std::vector<std::string> seen;
    for (;;) {
        auto object = stream.next();
        if (!object) {
            seen.push_back("error: " + object.error().message());
            return seen;
        }
        if (!*object) {
            return seen;
        }
        const Position start = (*object)->start;
        seen.push_back(fmt::format("{}:{} {}", start.line, start.column, (*object)->text));
    }
}

std::vector<std::string> cut(std::string_view text) {
    JsonStream stream;
    stream.feed(text);
    return drain(stream);
}

TEST(JsonStream, CutsObjectsWithOrWithoutBlanksBetweenThem) {
    EXPECT_THAT(cut("{}{\"a\":1}\n  {\"é\":[{}]} {}\n"),
                ElementsAre("1:1 {}", "1:3 {\"a\":1}", "2:3 {\"é\":[{}]}", "2:14 {}"));
}

TEST(JsonStream, HandsOutAnObjectWithItsClosingBrace) {
    JsonStream stream;
    stream.feed("{\"a\":");
    EXPECT_THAT(drain(stream), ElementsAre());
    stream.feed("1}");
    EXPECT_THAT(drain(stream), ElementsAre("1:1 {\"a\":1}"));
    EXPECT_EQ(stream.unread(), "");
}

TEST(JsonStream, CutsTheSameAtEveryPieceBoundary) {
    const std::string text = R"({"a":"}\"{[\\"} {"b":{"c":["]"]}})";
    for (std::size_t i = 0; i <= text.size(); ++i) {
        JsonStream stream;
        stream.feed(text.substr(0, i));
        auto seen = drain(stream);
        stream.feed(text.substr(i));
        std::ranges::move(drain(stream), std::back_inserter(seen));
        EXPECT_THAT(seen, ElementsAre(R"(1:1 {"a":"}\"{[\\"})", R"(1:17 {"b":{"c":["]"]}})"));
    }
}

TEST(JsonStream, SkipsAByteOrderMarkThatComesInPieces) {
    JsonStream stream;
    for (const char* piece : {"\xEF", "\xBB", "\xBF{", "}"}) {
        stream.feed(piece);
        const auto seen = drain(stream);
        EXPECT_THAT(seen, ::testing::SizeIs(*piece == '}' ? 1 : 0));
    }
    EXPECT_TRUE(stream.finish());
}

TEST(JsonStream, SkipsOneByteOrderMarkOnly) {
    EXPECT_THAT(cut("\xEF\xBB\xBF\xEF\xBB\xBF{}"),
                ElementsAre(HasSubstr("expected a JSON object")));
}

TEST(JsonStream, MissesTheRestOfAByteOrderMark) {
    JsonStream stream;
    stream.feed("\xEF\xBB");
    EXPECT_THAT(drain(stream), ElementsAre());
    EXPECT_FALSE(stream.finish());
}

TEST(JsonStream, SaysWhatStandsBetweenObjects) {
    EXPECT_THAT(
        cut("{}\n , {}"),
        ElementsAre("1:1 {}", AllOf(StartsWith("error: line 2, column 2: "), HasSubstr("comma"))));
    EXPECT_THAT(cut("[{}]"), ElementsAre(HasSubstr("list")));
    EXPECT_THAT(cut("{} true"), ElementsAre("1:1 {}", HasSubstr("\"true\"")));
}

TEST(JsonStream, StaysFailed) {
    JsonStream stream;
    stream.feed("x");
    EXPECT_FALSE(stream.next());
    stream.feed("{}");
    EXPECT_FALSE(stream.next());
    EXPECT_FALSE(stream.finish());
}

TEST(JsonStream, MissesTheEndOfAnObjectAtTheEndOfInput) {
    JsonStream stream;
    stream.feed("{} \n {\"a\":");
    drain(stream);
    const auto end = stream.finish();
    ASSERT_FALSE(end);
    EXPECT_THAT(end.error().message(),
                AllOf(StartsWith("line 2, column 2: "), HasSubstr("closing brace")));

    JsonStream whole;
    whole.feed("{} \n");
    drain(whole);
    EXPECT_TRUE(whole.finish());
}

TEST(JsonStream, BoundsTheSizeOfAnObject) {
    JsonStream stream(Bytes{10});
    stream.feed("{\"a\":1234}{\"a\":12345}");
    EXPECT_THAT(drain(stream),
                ElementsAre("1:1 {\"a\":1234}",
                            AllOf(StartsWith("error: line 1, column 11: "), HasSubstr("larger"))));
}

TEST(JsonStream, KeepsWhatFollowsAnObjectUnread) {
    JsonStream stream;
    stream.feed("{}rest of the line");
    ASSERT_TRUE(stream.next());
    EXPECT_EQ(stream.unread(), "rest of the line");
}

TEST(JsonStream, LetsGoOfWhatWasHandedOut) {
    JsonStream stream;
    const std::string object = "{\"a\":\"" + std::string(1000, 'x') + "\"}";
    for (int i = 0; i < 500; ++i) {
        stream.feed(object);
        ASSERT_TRUE(stream.next());
    }
    EXPECT_EQ(stream.unread(), "");
}

}  // namespace
}  // namespace maelstrom::util
