#include "sys/file.hpp"
#include "worker/held_back.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

namespace maelstrom::worker {
namespace {

using util::Bytes;

/// What is left of a program that did this to its two files.
template <class Program>
HeldBack after(const Program& program) {
    HeldBack held = HeldBack::open().value();
    const std::array<sys::Fd, 2> files = held.share().value();
    program(files[0], files[1]);
    return held;
}

TEST(HeldBackFiles, AreReadFromTheirBeginning) {
    const HeldBack held = after([](const sys::Fd& out, const sys::Fd& err) {
        ASSERT_TRUE(sys::write_all(out, "so far"));
        ASSERT_TRUE(sys::write_all(err, "a warning"));
    });
    EXPECT_EQ(held.output(Bytes{100}).head, "so far");
    EXPECT_EQ(held.errors(Bytes{100}).head, "a warning");
    EXPECT_EQ(held.errors(Bytes{100}).dropped, 0U);
}

TEST(HeldBackFiles, AreEmptyWhenAllHasBeenPassedOn) {
    const HeldBack held = after([](const sys::Fd& out, const sys::Fd&) {
        ASSERT_TRUE(sys::write_all(out, "passed on"));
        ASSERT_EQ(::ftruncate(out.get(), 0), 0);
    });
    EXPECT_EQ(held.output(Bytes{100}).head, "");
}

TEST(HeldBackFiles, KeepTheTwoEndsOfWhatIsMoreThanTheLimit) {
    const HeldBack held = after([](const sys::Fd& out, const sys::Fd&) {
        ASSERT_TRUE(sys::write_all(out, "0123456789abcdefg"));
    });
    const job::Output output = held.output(Bytes{9});
    EXPECT_EQ(output.head, "01234");
    EXPECT_EQ(output.tail, "defg");
    EXPECT_EQ(output.dropped, 8U);
}

TEST(HeldBackFiles, TakeNoMoreThanTheLimitOfAFileThatIsMostlyHoles) {
    const HeldBack held = after([](const sys::Fd& out, const sys::Fd&) {
        ASSERT_EQ(::ftruncate(out.get(), off_t{1} << 50U), 0);
    });
    const job::Output output = held.output(Bytes{1000});
    EXPECT_EQ(output.head.size() + output.tail.size(), 1000U);
    EXPECT_EQ(output.dropped, (std::uint64_t{1} << 50U) - 1000);
}

}  // namespace
}  // namespace maelstrom::worker
