#pragma once

#include "sys/live_terminal.hpp"

#include <optional>
#include <string_view>

namespace maelstrom::runner {

/// What a key asks for between the runs of a watched project.
enum class WatchKey { run_again, run_failed, quit };

/// The first key that means something: r or Enter, f, q.
std::optional<WatchKey> watch_key_of(std::string_view bytes);

/// The terminal between two runs: keys arrive as they are typed. Does nothing where standard input
/// or output is none.
class WatchTerminal {
public:
    WatchTerminal();

    bool has_keys() const { return live_.has_value(); }
    /// To be asked now and then: the suspend key is obeyed here, too.
    std::optional<WatchKey> key();

private:
    std::optional<sys::LiveTerminal> live_;
};

}  // namespace maelstrom::runner
