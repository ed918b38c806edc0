#include "config/option_value.hpp"

#include <gmock/gmock.h>

namespace maelstrom::config {
namespace {

using ::testing::HasSubstr;

std::string complaint(Kind kind, std::string_view text) {
    const auto result = parse_option_value({.kind = kind, .choices = {"tcp", "github"}}, text);
    return result ? "" : result.error().message();
}

util::Value whole(std::uint64_t number) {
    return {number, {1, 1}};
}

TEST(OptionValue, SlotsAreBetweenOneAndAThousand) {
    EXPECT_EQ(parse_option_value({.kind = Kind::slots}, "1000"), OptionValue(std::uint64_t{1000}));
    for (const std::string_view text : {"0", "1001", "-1", "4x", ""}) {
        EXPECT_THAT(complaint(Kind::slots, text), HasSubstr("1 to 1000")) << text;
    }
}

TEST(OptionValue, SizesQuoteWhatIsWrong) {
    EXPECT_EQ(parse_option_value({.kind = Kind::size}, "1.5 MiB"),
              OptionValue(util::Bytes{1'572'864}));
    EXPECT_THAT(complaint(Kind::size, "1 X"), HasSubstr("\"1 X\""));
}

TEST(OptionValue, LevelsAreLowerCase) {
    EXPECT_EQ(parse_option_value({.kind = Kind::level}, "warning"),
              OptionValue(util::log::Level::warning));
    EXPECT_THAT(complaint(Kind::level, "Info"), HasSubstr("error, warning, info or debug"));
}

TEST(OptionValue, AddressesAreKeptAsText) {
    for (const std::string text : {"host:1", "127.0.0.1:65535", "[::1]:0"}) {
        EXPECT_EQ(parse_option_value({.kind = Kind::address}, text), OptionValue(text));
    }
    for (const std::string_view text : {"host", "host:", ":1", "::1:5", "h:65536", "h:1x"}) {
        EXPECT_THAT(complaint(Kind::address, text), HasSubstr("HOST:PORT")) << text;
    }
}

TEST(OptionValue, ChoicesAreListed) {
    EXPECT_THAT(complaint(Kind::choice, "udp"), HasSubstr(R"("tcp" or "github")"));
}

TEST(OptionValue, FilesGiveNumbersAsIntegersOrText) {
    EXPECT_EQ(option_value_from({.kind = Kind::slots}, whole(4)), OptionValue(std::uint64_t{4}));
    EXPECT_EQ(option_value_from({.kind = Kind::slots}, {std::string("4"), {}}),
              OptionValue(std::uint64_t{4}));
    EXPECT_EQ(option_value_from({.kind = Kind::size}, whole(10)), OptionValue(util::Bytes{10}));
}

TEST(OptionValue, FilesGiveCharactersAsTextOrCode) {
    EXPECT_EQ(option_value_from({.kind = Kind::character}, whole(29)), OptionValue('\x1d'));
    EXPECT_EQ(option_value_from({.kind = Kind::character}, {std::string("^]"), {}}),
              OptionValue('\x1d'));
    EXPECT_FALSE(option_value_from({.kind = Kind::character}, whole(128)).has_value());
}

TEST(OptionValue, FilesOfTheWrongTypeSayWhereAndWhat) {
    const auto result = option_value_from({.kind = Kind::boolean}, {std::string("true"), {3, 5}});
    EXPECT_EQ(result.error().message(), "line 3, column 5: found a string, expected true or false");
}

TEST(OptionValue, TomlSaysTheSameAgain) {
    EXPECT_EQ(to_toml(OptionValue(util::Bytes{1'000'000'000})), "\"1.0 GB\"");
    EXPECT_EQ(to_toml(OptionValue(util::Bytes{1'048'577})), "1048577");
    EXPECT_EQ(to_toml(OptionValue(std::string("a\"b\\\n"))), R"("a\"b\\\u000a")");
    EXPECT_EQ(to_toml(OptionValue(std::vector<std::string>{"a", "b"})), R"(["a", "b"])");
    EXPECT_EQ(to_toml(OptionValue('\x1d')), "\"^]\"");
    EXPECT_EQ(to_toml(OptionValue('\\')), R"("\\")");
}

}  // namespace
}  // namespace maelstrom::config
