#pragma once

#include "ui/grid.hpp"
#include "ui/output.hpp"

#include <optional>
#include <string>
#include <vector>

namespace maelstrom::ui {

/// The bytes that take a terminal from one picture below the scrolling text to the next.
///
/// Between frames the cursor stands at the picture's upper left corner. So, when the terminal is
/// resized and wraps what it shows anew, erasing from the cursor on takes the old picture away,
/// however many rows it may have now. `scrolled`: lines to print above, none wider than the
/// terminal. Without them and without a new size only cells that differ are written.
std::string
frame(const std::optional<Grid>& shown, const std::vector<std::string>& scrolled, const Grid& next);

/// A picture at the lower end of a terminal, with text scrolling away above it.
class InlineScreen {
public:
    explicit InlineScreen(Output& output) : output_(output) {}

    /// A line for above the picture, shown with the next one.
    void scroll(std::string line) { scrolled_.push_back(std::move(line)); }
    void show(const Grid& picture);
    /// Takes the picture away and shows the lines that wait; the cursor is below them.
    void clear();
    /// The lines that wait, wherever the cursor is; for when there is no picture.
    void write_lines();
    /// Somebody else has used the terminal.
    void forget() { shown_.reset(); }

private:
    Output& output_;
    std::vector<std::string> scrolled_;
    std::optional<Grid> shown_;
};

}  // namespace maelstrom::ui
