#pragma once

#include <mutex>
#include <utility>

namespace maelstrom::util {

/// A value that threads share, reachable only while its lock is held.
template <class T>
class Guarded {
public:
    Guarded() = default;
    explicit Guarded(T value) : value_(std::move(value)) {}

    /// Runs `action(T&)` with the lock held and returns what it returns.
    template <class Action>
    decltype(auto) with(Action&& action) {
        const std::lock_guard lock(mutex_);
        return std::forward<Action>(action)(value_);
    }

private:
    std::mutex mutex_;
    T value_;
};

}  // namespace maelstrom::util
