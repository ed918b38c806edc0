#pragma once

#include "ui/grid.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// The picture below the scrolling text of the fancy interface, as a pure function. From top to
// bottom: running tests, transfers, failed tests, phase, gauge.

namespace maelstrom::ui {

struct LiveView {
    struct Running {
        std::string name;
        std::chrono::seconds elapsed{};
        bool under_a_second = false;
    };
    struct Failed {
        std::string_view name;
        std::string_view word;  ///< "failed", "error", "timed out"
    };
    struct Counts {
        std::size_t waiting = 0;
        std::size_t pending = 0;
        std::size_t running = 0;
        std::size_t complete = 0;
        std::size_t failed = 0;    ///< of the complete ones
        std::size_t expected = 0;  ///< in all
    };
    std::vector<Running> running;  ///< the longest running first
    std::size_t most_running = 0;  ///< at any time so far: room for them is kept, nothing jumps
    std::vector<Failed> failed;
    std::size_t first_failed = 0;  ///< the list is scrolled so that this one is on top
    std::string phase;             ///< with its throbber; empty: no such line
    Counts counts;
};

/// How many rows the picture takes on a terminal of that height: a quarter, but at least eight
/// where that leaves a half to the text.
std::size_t live_rows(std::size_t terminal_rows);
/// How the rows are shared out.
struct LiveLayout {
    std::size_t running = 0;
    std::size_t failed = 0;
    std::size_t phase = 0;
    std::size_t gauge = 0;
};
LiveLayout lay_out(const LiveView& view, std::size_t rows);
/// What `first_failed` becomes to show the next ones; after the last ones the first again.
std::size_t next_failed_page(const LiveView& view, std::size_t rows);
/// Without colour the parts of the gauge are told apart by shades.
Grid draw(const LiveView& view, std::size_t rows, std::size_t columns, bool colour);
/// "<1s", "12s".
std::string elapsed_text(const LiveView::Running& running);

}  // namespace maelstrom::ui
