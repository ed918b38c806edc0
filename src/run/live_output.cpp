#include "run/live_output.hpp"

#include "sys/output_pipe.hpp"
#include "sys/standard_streams.hpp"
#include "terminal/event_waiter.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace maelstrom::run {

using util::Result;

namespace {

bool are_one_file(int one, int other) {
    struct stat first{};
    struct stat second{};
    return ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace

Result<LiveOutput> LiveOutput::open(int output, int errors) {
    LiveOutput live;
    live.output_ = TRY(stream("standard output", output));
    if (!are_one_file(output, errors)) {
        live.errors_ = TRY(stream("standard error", errors));
    }
    return live;
}

Result<LiveOutput::Stream> LiveOutput::stream(const char* name, int target) {
    auto pipe = TRY(sys::OutputPipe::open());
    return Stream{name, target, std::move(pipe.reader), std::move(pipe.writer)};
}

job::OutputDescriptors LiveOutput::descriptors() const {
    return {.out = output_.writer.get(),
            .err = errors_.writer ? errors_.writer.get() : output_.writer.get()};
}

Result<job::Result> LiveOutput::follow(client::Client& client) {
    const auto waiter = TRY(terminal::EventWaiter::start(client));
    for (;;) {
        // poll ignores a negative descriptor: a stream that has been hung up on.
        std::array<pollfd, 3> wait{{{.fd = waiter->fd(), .events = POLLIN, .revents = 0},
                                    {.fd = output_.reader.get(), .events = POLLIN, .revents = 0},
                                    {.fd = errors_.reader.get(), .events = POLLIN, .revents = 0}}};
        ::poll(wait.data(), wait.size(), -1);
        auto event = waiter->take();
        if (auto* finished = event ? std::get_if<client::Finished>(&*event) : nullptr) {
            TRY(pass_rest(output_));
            TRY(pass_rest(errors_));
            return std::move(finished->result);
        }
        // In turns, so that a flood on one does not hold up the other.
        (void)TRY(pass_some(output_));
        (void)TRY(pass_some(errors_));
    }
}

Result<std::size_t> LiveOutput::pass_some(Stream& stream) {
    if (!stream.reader) {
        return 0;
    }
    std::array<char, 64 * 1024> buffer;
    const ssize_t count = ::read(stream.reader.get(), buffer.data(), buffer.size());
    if (count <= 0) {
        return 0;  // nothing now
    }
    const auto size = static_cast<std::size_t>(count);
    auto written = sys::write_whole(stream.target, {buffer.data(), size}, stream.name);
    if (!written && written.error().os_error() == EPIPE) {
        stream.reader.close();  // the job finds out at its next write
        return 0;
    }
    TRY(std::move(written));
    return size;
}

/// The job is over: what the pipe holds now is all it has written.
Result<void> LiveOutput::pass_rest(Stream& stream) {
    int left = 0;
    if (!stream.reader || ::ioctl(stream.reader.get(), FIONREAD, &left) != 0) {
        return {};
    }
    while (left > 0) {
        const std::size_t passed = TRY(pass_some(stream));
        if (passed == 0) {
            return {};
        }
        left -= static_cast<int>(passed);
    }
    return {};
}

}  // namespace maelstrom::run
