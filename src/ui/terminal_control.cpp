#include "ui/terminal_control.hpp"

#include "sys/live_terminal.hpp"

#include <unistd.h>

#include <optional>

namespace maelstrom::ui {

namespace {

// No cursor; and what is too wide, because the terminal and we disagree about a character or it has
// just been made narrower, is cut, not wrapped.
constexpr std::string_view enter = "\x1b[?25l\x1b[?7l";
// The cursor stands at the upper left corner of the picture: it goes with it.
constexpr std::string_view leave = "\x1b[?2026l\x1b[0m\r\x1b[J\x1b[?7h\x1b[?25h";

class RealTerminal final : public TerminalControl {
public:
    explicit RealTerminal(int output) : output_(output) {}

    void begin() override {
        auto entered = sys::LiveTerminal::enter(
            {.output = output_, .input = STDIN_FILENO, .enter = enter, .leave = leave});
        if (entered) {
            live_.emplace(std::move(*entered));
        }
    }
    void end() override { live_.reset(); }
    std::string keys() override { return live_ ? live_->keys() : std::string(); }
    bool may_draw() const override { return live_ && live_->is_foreground(); }
    bool wants_to_suspend() override { return live_ && sys::LiveTerminal::wants_to_suspend(); }
    void suspend() override { live_->suspend(); }
    bool was_continued() override { return live_ && live_->was_continued(); }

private:
    const int output_;
    std::optional<sys::LiveTerminal> live_;
};

}  // namespace

std::unique_ptr<TerminalControl> control_terminal(int output) {
    return std::make_unique<RealTerminal>(output);
}

}  // namespace maelstrom::ui
