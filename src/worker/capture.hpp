#pragma once

#include "job/outcome.hpp"
#include "util/bytes.hpp"

#include <string>
#include <string_view>

namespace maelstrom::worker {

/// Keeps at most `limit` bytes of a stream: all of a short one, the two ends of a long one (half of
/// the limit each), and counts what lay between. Memory never exceeds the limit by more than one
/// chunk.
class Capture {
public:
    explicit Capture(util::Bytes limit) : limit_(limit.count) {}

    void append(std::string_view chunk);
    /// The result; the capture is empty afterwards.
    job::Output finish();

private:
    void start_tail();
    void append_to_tail(std::string_view chunk);

    std::size_t limit_;
    bool overflowed_ = false;
    std::string head_;
    std::string ring_;  ///< the last bytes; once full, `oldest_` is where it begins
    std::size_t ring_size_ = 0;
    std::size_t oldest_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace maelstrom::worker
