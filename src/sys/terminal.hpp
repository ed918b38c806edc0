#pragma once

#include "util/error.hpp"

#include <cstdint>

namespace maelstrom::sys {

struct TerminalSize {
    std::uint16_t rows = 24;
    std::uint16_t columns = 80;
    bool operator==(const TerminalSize&) const = default;
};

bool is_terminal(int fd);
/// 24×80 where the terminal does not know.
util::Result<TerminalSize> terminal_size(int fd);
util::Result<void> set_terminal_size(int fd, TerminalSize size);

/// A terminal in raw mode, where every key arrives as it is typed. At most one at a time. Gives the
/// terminal its old mode back when it goes away, and also when this process crashes by a signal.
class RawTerminal {
public:
    static util::Result<RawTerminal> enter(int fd);
    RawTerminal(RawTerminal&& other) noexcept;
    RawTerminal& operator=(RawTerminal&&) = delete;
    ~RawTerminal();

    /// The old mode, after all output has been shown.
    void leave();
    /// Raw again, after `leave` or after somebody else changed the mode.
    util::Result<void> reenter();

private:
    explicit RawTerminal(int fd) : fd_(fd) {}

    int fd_;
};

}  // namespace maelstrom::sys
