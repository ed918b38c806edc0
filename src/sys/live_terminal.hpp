#pragma once

#include "util/error.hpp"

#include <string>
#include <string_view>

namespace maelstrom::sys {

/// A terminal on which something live is shown: keys arrive as they are typed and unseen, but those
/// that make signals still do. One at a time in a process, used from one thread.
///
/// The terminal gets its old mode back, and the bytes that undo what was arranged, when this goes
/// away, when the process stops at the suspend key, when it crashes by a signal, and by
/// `restore_terminal`.
class LiveTerminal {
public:
    struct Settings {
        int output = 1;
        int input = 0;  ///< where keys come from, if it is a terminal, too
        std::string_view enter;
        std::string_view leave;  ///< at most 63 bytes
    };
    static util::Result<LiveTerminal> enter(const Settings& settings);
    LiveTerminal(LiveTerminal&& other) noexcept;
    LiveTerminal& operator=(LiveTerminal&&) = delete;
    ~LiveTerminal();

    /// What was typed since the last call; nothing while another job has the terminal.
    std::string keys();
    /// Whether this process may use the terminal now.
    bool is_foreground() const;
    /// Whether the suspend key was pressed since the last call.
    static bool wants_to_suspend();
    /// Gives the terminal back, stops the process and takes the terminal again when it is
    /// continued.
    void suspend();
    /// Whether the process was continued since the last call, by whatever it had been stopped: then
    /// the terminal has been taken again, and shows what others wrote.
    bool was_continued();

private:
    explicit LiveTerminal(const Settings& settings) : settings_(settings) {}
    void take();

    Settings settings_;
    bool owns_ = true;
};

/// For handlers of signals that end the process: gives the terminal back, if there is a live one.
/// False if this is another thread than the one that draws, to which the signal has been passed on:
/// then that one's handler ends the process.
bool restore_terminal(int signal);

}  // namespace maelstrom::sys
