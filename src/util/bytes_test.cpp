#include "util/bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::util {
namespace {

TEST(Bytes, ReadsDecimalAndBinaryUnitsInAnyCase) {
    EXPECT_EQ(Bytes::parse("0")->count, 0U);
    EXPECT_EQ(Bytes::parse("512")->count, 512U);
    EXPECT_EQ(Bytes::parse("1G")->count, 1'000'000'000U);
    EXPECT_EQ(Bytes::parse("1 kB")->count, 1'000U);
    EXPECT_EQ(Bytes::parse("512 MiB")->count, 512U << 20U);
    EXPECT_EQ(Bytes::parse("1.5Ki")->count, 1536U);
    EXPECT_EQ(Bytes::parse("2tB")->count, 2'000'000'000'000U);
}

TEST(Bytes, QuotesWhatItCannotRead) {
    for (const char* text : {"", "x", "1 furlong", "1.2.3", "-1", "99999999999 PB"}) {
        const auto parsed = Bytes::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_THAT(parsed.error().message(), ::testing::HasSubstr(fmt::format("\"{}\"", text)));
    }
}

TEST(Bytes, PrintsDecimalUnitsWithOneDigit) {
    EXPECT_EQ(Bytes{0}.to_string(), "0 B");
    EXPECT_EQ(Bytes{999}.to_string(), "999 B");
    EXPECT_EQ(Bytes{1'000'000'000}.to_string(), "1.0 GB");
    EXPECT_EQ(Bytes{999'999}.to_string(), "1.0 MB");
}

}  // namespace
}  // namespace maelstrom::util
