#include "worker/job_output.hpp"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace maelstrom::worker {

namespace {

/// Most jobs are over before it pays to watch their output: what is in the pipes then is read at
/// their end. A pipe holds 64 KiB meanwhile.
constexpr auto unwatched_for = std::chrono::milliseconds(2);

}  // namespace

void JobOutput::begin(sys::Fd out, sys::Fd err) {
    out_.fd = std::move(out);
    err_.fd = std::move(err);
    watch_soon();
}

JobOutput::Captured JobOutput::take() {
    read_rest(out_);
    read_rest(err_);
    return {.out = out_.capture.finish(), .err = err_.capture.finish()};
}

void JobOutput::watch_soon() {
    timer_ = loop_.at(sys::Loop::Clock::now() + unwatched_for, [this] {
        if (!watch(out_) || !watch(err_)) {
            read_some(out_);
            read_some(err_);
            watch_soon();  // short of memory: look again a little later
        }
    });
}

bool JobOutput::watch(Stream& stream) {
    if (stream.fd && !stream.is_watched) {
        auto watch = loop_.watch(stream.fd.get(), EPOLLIN,
                                 [this, &stream](std::uint32_t) { read_some(stream); });
        stream.is_watched = watch.has_value();
        if (watch) {
            stream.readable = std::move(*watch);
        }
    }
    return !stream.fd || stream.is_watched;
}

/// Reads what there is; closes the stream at its end.
void JobOutput::read_some(Stream& stream) {
    // Bounded, so that a flooding job cannot keep the others from being served.
    for (int turn = 0; stream.fd && turn < 16; ++turn) {
        if (!read_once(stream)) {
            return;
        }
    }
}

/// Reads what is there now. The job may have made its pipe larger than usual.
void JobOutput::read_rest(Stream& stream) {
    int left = 0;
    if (!stream.fd || ::ioctl(stream.fd.get(), FIONREAD, &left) != 0) {
        return;
    }
    while (left > 0 && stream.fd) {
        const std::size_t count = read_once(stream);
        if (count == 0) {
            return;
        }
        left -= static_cast<int>(count);
    }
}

/// How many bytes it got.
std::size_t JobOutput::read_once(Stream& stream) {
    ssize_t count = 0;
    do {
        count = ::read(stream.fd.get(), buffer_.data(), buffer_.size());
    } while (count < 0 && errno == EINTR);
    if (count > 0) {
        stream.capture.append({buffer_.data(), static_cast<std::size_t>(count)});
        return static_cast<std::size_t>(count);
    }
    if (count == 0 || errno != EAGAIN) {
        stream.readable.reset();
        stream.fd.close();
    }
    return 0;
}

}  // namespace maelstrom::worker
