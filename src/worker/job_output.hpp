#pragma once

#include "job/outcome.hpp"
#include "sys/fd.hpp"
#include "sys/loop.hpp"
#include "util/bytes.hpp"
#include "worker/capture.hpp"

#include <cstddef>
#include <span>

namespace maelstrom::worker {

/// Reads what a running job writes, as the loop's turns allow. On the loop's thread.
class JobOutput {
public:
    struct Captured {
        job::Output out;
        job::Output err;
    };

    /// `buffer` is only used within a call; `limit` holds for each stream.
    JobOutput(sys::Loop& loop, std::span<char> buffer, util::Bytes limit)
        : loop_(loop), buffer_(buffer), out_(limit), err_(limit) {}
    JobOutput(const JobOutput&) = delete;
    JobOutput& operator=(const JobOutput&) = delete;

    /// The ends of pipes, which do not block.
    void begin(sys::Fd out, sys::Fd err);
    /// All that has been written by now.
    Captured take();

private:
    struct Stream {
        explicit Stream(util::Bytes limit) : capture(limit) {}

        Capture capture;
        sys::Fd fd;
        sys::Loop::Handle readable;  // declared after the descriptor: must go first
        bool is_watched = false;
    };

    void watch_soon();
    bool watch(Stream& stream);
    void read_some(Stream& stream);
    void read_rest(Stream& stream);
    std::size_t read_once(Stream& stream);

    sys::Loop& loop_;
    std::span<char> buffer_;
    Stream out_;
    Stream err_;
    sys::Loop::Handle timer_;
};

}  // namespace maelstrom::worker
