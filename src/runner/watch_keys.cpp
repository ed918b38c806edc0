#include "runner/watch_keys.hpp"

#include <unistd.h>

#include <utility>

namespace maelstrom::runner {

std::optional<WatchKey> watch_key_of(std::string_view bytes) {
    for (const char byte : bytes) {
        switch (byte) {
        case 'r':
        case 'R':
        case '\r':
        case '\n':
            return WatchKey::run_again;
        case 'f':
        case 'F':
            return WatchKey::run_failed;
        case 'q':
        case 'Q':
            return WatchKey::quit;
        default:
            break;
        }
    }
    return std::nullopt;
}

WatchTerminal::WatchTerminal() {
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
        return;
    }
    auto entered = sys::LiveTerminal::enter(
        {.output = STDOUT_FILENO, .input = STDIN_FILENO, .enter = "", .leave = ""});
    if (entered) {
        live_.emplace(std::move(*entered));
    }
}

std::optional<WatchKey> WatchTerminal::key() {
    if (!live_) {
        return std::nullopt;
    }
    if (sys::LiveTerminal::wants_to_suspend()) {
        live_->suspend();
    }
    live_->was_continued();  // the terminal has been taken again then
    return watch_key_of(live_->keys());
}

}  // namespace maelstrom::runner
