#include "sys/fd.hpp"
#include "sys/standard_streams.hpp"
#include "sys/thread.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <string>

namespace maelstrom::sys {
namespace {

struct NonBlockingPipe {
    NonBlockingPipe() {
        std::array<int, 2> ends{-1, -1};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
        reader = Fd(ends[0]);
        writer = Fd(ends[1]);
    }
    /// Until the writer is closed.
    std::string read_slowly() const {
        std::string text;
        std::array<char, 1000> piece{};
        for (;;) {
            pollfd ready{.fd = reader.get(), .events = POLLIN, .revents = 0};
            ::poll(&ready, 1, -1);
            const ssize_t count = ::read(reader.get(), piece.data(), piece.size());
            if (count == 0) {
                return text;
            }
            text.append(piece.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
        }
    }

    Fd reader;
    Fd writer;
};

TEST(WriteWhole, WaitsForRoomInAStreamThatDoesNot) {
    NonBlockingPipe pipe;
    std::string read;
    const std::string text(1 << 20, 'x');
    {
        const auto reading = start_thread([&] { read = pipe.read_slowly(); });
        ASSERT_TRUE(reading);
        EXPECT_TRUE(write_whole(pipe.writer.get(), text, "the pipe"));
        pipe.writer = Fd();
    }
    EXPECT_EQ(read, text);
}

TEST(WriteWhole, SaysWhatItWasWriting) {
    const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    const auto written = write_whole(full.get(), "x", "the stream");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().message(), "writing to the stream: No space left on device");
}

}  // namespace
}  // namespace maelstrom::sys
