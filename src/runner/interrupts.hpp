#pragma once

#include "sys/fd.hpp"
#include "util/error.hpp"

#include <functional>
#include <thread>

namespace maelstrom::runner {

/// Turns the first SIGINT, SIGTERM or SIGHUP into a call; the second one ends the program at once,
/// whatever it does. One at a time in a process. Programs started by us do not inherit it.
class Interrupts {
public:
    /// `notify` is called from a thread of its own.
    static util::Result<Interrupts> watch(std::function<void()> notify);
    Interrupts(Interrupts&&) = default;
    Interrupts& operator=(Interrupts&&) = delete;
    ~Interrupts();

    /// The signal that came; 0 if none.
    static int signal();

private:
    Interrupts(sys::Fd stop, std::jthread thread)
        : stop_(std::move(stop)), thread_(std::move(thread)) {}

    sys::Fd stop_;
    std::jthread thread_;
};

}  // namespace maelstrom::runner
