#include "worker/capture.hpp"

#include <utility>

namespace maelstrom::worker {

void Capture::append(std::string_view chunk) {
    if (!overflowed_) {
        if (head_.size() + chunk.size() <= limit_) {
            head_.append(chunk);
            return;
        }
        const std::size_t room = limit_ - head_.size();
        head_.append(chunk.substr(0, room));
        chunk.remove_prefix(room);
        start_tail();
    }
    append_to_tail(chunk);
}

job::Output Capture::finish() {
    std::string tail = ring_.substr(oldest_) + ring_.substr(0, oldest_);
    job::Output output{
        .head = std::move(head_), .tail = std::move(tail), .dropped = std::exchange(dropped_, 0)};
    *this = Capture(util::Bytes{limit_});
    return output;
}

/// The second half of what was kept so far becomes the tail.
void Capture::start_tail() {
    overflowed_ = true;
    const std::size_t kept = limit_ - limit_ / 2;
    ring_size_ = limit_ / 2;
    ring_ = head_.substr(kept);
    head_.resize(kept);
}

void Capture::append_to_tail(std::string_view chunk) {
    if (chunk.size() >= ring_size_) {
        dropped_ += ring_.size() + chunk.size() - ring_size_;
        ring_ = chunk.substr(chunk.size() - ring_size_);
        oldest_ = 0;
        return;
    }
    if (ring_.size() < ring_size_) {
        const std::string_view fits = chunk.substr(0, ring_size_ - ring_.size());
        ring_.append(fits);
        chunk.remove_prefix(fits.size());
    }
    dropped_ += chunk.size();
    while (!chunk.empty()) {
        const std::string_view piece = chunk.substr(0, ring_size_ - oldest_);
        ring_.replace(oldest_, piece.size(), piece);
        oldest_ = (oldest_ + piece.size()) % ring_size_;
        chunk.remove_prefix(piece.size());
    }
}

}  // namespace maelstrom::worker
