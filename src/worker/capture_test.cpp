#include "worker/capture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::worker {
namespace {

using util::Bytes;

TEST(Capture, KeepsAShortStreamWhole) {
    Capture capture(Bytes{10});
    capture.append("01234");
    capture.append("56789");
    const job::Output output = capture.finish();
    EXPECT_EQ(output.head, "0123456789");
    EXPECT_EQ(output.tail, "");
    EXPECT_EQ(output.dropped, 0U);
}

TEST(Capture, KeepsBothEndsOfALongStreamAndCountsWhatLayBetween) {
    Capture capture(Bytes{10});
    capture.append("0123456789ab");
    capture.append("c");
    capture.append("defghijklmnopqrstuvwx");
    capture.append("yz!");
    const job::Output output = capture.finish();
    EXPECT_EQ(output.head, "01234");
    EXPECT_EQ(output.tail, "wxyz!");
    EXPECT_EQ(output.dropped, 27U);
}

TEST(Capture, CountsEverythingWhenNothingIsToBeKept) {
    Capture capture(Bytes{0});
    capture.append("abc");
    const job::Output output = capture.finish();
    EXPECT_EQ(output.head, "");
    EXPECT_EQ(output.dropped, 3U);
}

/// However the stream is cut into chunks, the result is the same.
TEST(Capture, DoesNotDependOnTheSizeOfChunks) {
    std::string stream;
    for (int i = 0; i < 1000; ++i) {
        stream += static_cast<char>('!' + i % 90);
    }
    for (const std::size_t limit : {1U, 2U, 7U, 64U, 999U}) {
        for (const std::size_t step : {1U, 3U, 8U, 63U, 500U}) {
            Capture capture(Bytes{limit});
            for (std::size_t at = 0; at < stream.size(); at += step) {
                capture.append(std::string_view(stream).substr(at, step));
            }
            const job::Output output = capture.finish();
            const std::size_t head = limit - limit / 2;
            EXPECT_EQ(output.head, stream.substr(0, head)) << limit << "/" << step;
            EXPECT_EQ(output.tail, stream.substr(stream.size() - limit / 2))
                << limit << "/" << step;
            EXPECT_EQ(output.dropped, stream.size() - limit) << limit << "/" << step;
        }
    }
}

}  // namespace
}  // namespace maelstrom::worker
