#pragma once

#include "sys/fd.hpp"
#include "sys/signals.hpp"
#include "util/error.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

namespace maelstrom::run {

/// Watches for signals that should end the program. The first only asks for it; the second ends
/// the program at once.
class Interrupts {
public:
    /// `wake` is called from a thread at the first signal.
    static util::Result<std::unique_ptr<Interrupts>> watch(sys::SignalQueue signals,
                                                           std::function<void()> wake);
    ~Interrupts();

    /// The first signal that came, 0 if none did.
    int signal() const { return signal_.load(std::memory_order_relaxed); }

private:
    Interrupts(sys::SignalQueue signals, sys::Fd stop, std::function<void()> wake);
    void watch_signals();

    sys::SignalQueue signals_;
    sys::Fd stop_;
    std::function<void()> wake_;
    std::atomic<int> signal_{0};
    std::jthread thread_;  ///< last: uses all of the above
};

}  // namespace maelstrom::run
