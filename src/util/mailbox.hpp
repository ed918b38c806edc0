#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace maelstrom::util {

/// A bounded queue between threads. Senders wait while it is full; `close()` ends all waits.
template <class T>
class Mailbox {
public:
    explicit Mailbox(std::size_t capacity = 4096) : capacity_(capacity) {}

    /// False if the mailbox was closed; the message is dropped then.
    bool send(T message) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return closed_ || queue_.size() < capacity_; });
        if (closed_) {
            return false;
        }
        queue_.push_back(std::move(message));
        filled_.notify_one();
        return true;
    }

    /// The next message; none once closed and empty.
    std::optional<T> receive() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [&] { return closed_ || !queue_.empty(); });
        return take();
    }

    /// None at the deadline as well.
    std::optional<T> receive_until(std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        filled_.wait_until(lock, deadline, [&] { return closed_ || !queue_.empty(); });
        return take();
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        filled_.notify_all();
        room_.notify_all();
    }

private:
    std::optional<T> take() {
        if (queue_.empty()) {
            return std::nullopt;
        }
        std::optional<T> message(std::move(queue_.front()));
        queue_.pop_front();
        room_.notify_one();
        return message;
    }

    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable room_;
    std::deque<T> queue_;
    bool closed_ = false;
};

}  // namespace maelstrom::util
