#pragma once

#include "sys/fd.hpp"
#include "util/error.hpp"

#include <csignal>
#include <optional>
#include <span>

namespace maelstrom::sys {

/// Signals taken one by one from a descriptor instead of interrupting. Blocked for the thread that
/// made it and the threads that it starts afterwards; they stay blocked when this goes away. A
/// signal that was ignored when the program started (nohup, background jobs) stays ignored.
class SignalQueue {
public:
    static util::Result<SignalQueue> block(std::span<const int> signals);

    /// Readable when a signal waits.
    int fd() const { return fd_.get(); }
    std::optional<int> take();

private:
    explicit SignalQueue(Fd fd) : fd_(std::move(fd)) {}

    Fd fd_;
};

/// Ends this process by a signal as if it had never been caught, without a core dump; by SIGKILL if
/// that signal does not end it. Flushes nothing.
[[noreturn]] void die_of(int signal);

/// Stops this process as the terminal's suspend key would; returns when it is continued. Does
/// nothing if nobody could continue it (an orphaned process group).
void suspend();

/// A write to a closed pipe then fails with EPIPE instead of ending the process. False if that was
/// so already.
bool ignore_sigpipe();

}  // namespace maelstrom::sys
