#pragma once

#include "ui/output.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace maelstrom::ui {

/// Text that scrolls, with some lines below it that are redrawn in place. On what is not a terminal
/// the lines are not shown and text goes straight through; on a terminal both go out together, at
/// most twenty times a second, so that nothing flickers.
class LiveArea {
public:
    explicit LiveArea(Output& output) : output_(output) {}

    void print(std::string_view text);
    /// Whether enough time has passed to draw again.
    bool is_due(std::chrono::steady_clock::time_point now) const;
    /// Writes the text gathered since and the lines below it; each at most as wide as the terminal,
    /// without newline.
    void draw(std::chrono::steady_clock::time_point now, const std::vector<std::string>& lines);
    /// Takes the lines away; the text stays.
    void clear();

private:
    std::string erase();

    Output& output_;
    std::string text_;
    std::size_t shown_lines_ = 0;
    std::vector<std::string> shown_;
    std::optional<std::chrono::steady_clock::time_point> drawn_;
};

}  // namespace maelstrom::ui
