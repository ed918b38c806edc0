#include "client/testing/scripted_client.hpp"
#include "run/live_output.hpp"
#include "sys/file.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <thread>

namespace maelstrom::run {
namespace {

using Script = std::function<void(const job::OutputDescriptors&)>;

void write(int fd, std::string_view text) {
    ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

/// The reader's end of what LiveOutput writes to.
struct Target {
    std::pair<sys::Fd, sys::Fd> pipe = *sys::pipe2();

    int fd() const { return pipe.second.get(); }
    std::string read(std::size_t size) {
        std::string text(size, '\0');
        std::size_t done = 0;
        while (done < size) {
            const ssize_t count = ::read(pipe.first.get(), text.data() + done, size - done);
            EXPECT_GT(count, 0);
            done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        }
        return text;
    }
    std::string rest() {
        pipe.second.close();
        return *sys::read_all(pipe.first, util::Bytes{1 << 20});
    }
};

/// The job writes what the script says.
client::ScriptedClient::Script writing(const Script& script) {
    return [script](const client::Extras& extras, auto& events) {
        script(*extras.output_to);
        events.send(client::Finished{{}, job::Completed{.status = job::Exited{3}}});
    };
}

job::Result follow(LiveOutput& live, const Script& script) {
    client::ScriptedClient client(writing(script));
    client.submit({}, {.output_to = live.descriptors()});
    auto result = live.follow(client);
    EXPECT_TRUE(result);
    return std::move(*result);
}

TEST(LiveOutput, ShowsWhatAJobWritesBeforeItEnds) {
    Target out;
    Target err;
    LiveOutput live = *LiveOutput::open(out.fd(), err.fd());
    follow(live, [&](const job::OutputDescriptors& job) {
        write(job.out, "one");
        EXPECT_EQ(out.read(3), "one");
        write(job.err, "two");
        EXPECT_EQ(err.read(3), "two");
    });
}

TEST(LiveOutput, LosesNothingAtTheEnd) {
    Target out;
    Target err;
    LiveOutput live = *LiveOutput::open(out.fd(), err.fd());
    const job::Result result = follow(live, [](const job::OutputDescriptors& job) {
        write(job.out, std::string(30'000, 'x'));
        write(job.err, "bye");
    });
    EXPECT_EQ(out.rest().size(), 30'000U);
    EXPECT_EQ(err.rest(), "bye");
    EXPECT_EQ(std::get<job::Completed>(result).status, job::Status(job::Exited{3}));
}

TEST(LiveOutput, KeepsTheOrderOfTwoStreamsThatAreOneFile) {
    Target both;
    LiveOutput live = *LiveOutput::open(both.fd(), both.fd());
    follow(live, [](const job::OutputDescriptors& job) {
        for (int i = 0; i < 100; ++i) {
            write(i % 2 == 0 ? job.out : job.err, std::to_string(i) + " ");
        }
    });
    std::string expected;
    for (int i = 0; i < 100; ++i) {
        expected += std::to_string(i) + " ";
    }
    EXPECT_EQ(both.rest(), expected);
}

TEST(LiveOutput, HangsUpOnAJobWhoseReaderHasGone) {
    ::signal(SIGPIPE, SIG_IGN);
    Target out;
    Target err;
    LiveOutput live = *LiveOutput::open(out.fd(), err.fd());
    out.pipe.first.close();
    follow(live, [](const job::OutputDescriptors& job) {
        while (::write(job.out, "x", 1) == 1) {
        }
        EXPECT_EQ(errno, EPIPE);
        write(job.err, "still here");
    });
    EXPECT_EQ(err.rest(), "still here");
}

TEST(LiveOutput, SaysWhenItCannotWrite) {
    const sys::Fd full = *sys::open("/dev/full", O_WRONLY);
    Target err;
    LiveOutput live = *LiveOutput::open(full.get(), err.fd());
    client::ScriptedClient client(
        writing([](const job::OutputDescriptors& job) { write(job.out, "x"); }));
    client.submit({}, {.output_to = live.descriptors()});
    const auto result = live.follow(client);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message(), ::testing::HasSubstr("standard output"));
}

}  // namespace
}  // namespace maelstrom::run
