#pragma once

#include "ui/event.hpp"
#include "ui/run_state.hpp"
#include "ui/text.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::ui {

/// How far a run is, and the lines of a live display that say so.
class Progress {
public:
    /// When it was does not matter: no test's own time is shown.
    void on(const Event& event) { state_.on(event, {}); }

    std::size_t expected() const { return state_.counts().expected; }
    std::size_t finished() const { return state_.counts().complete; }

    /// The spinner with the phase (until everything is queued) and four bars; `since_start` moves
    /// the spinner.
    std::vector<std::string> lines(std::size_t columns,
                                   std::chrono::steady_clock::duration since_start,
                                   const Painter& paint) const;

private:
    std::string spinner(std::chrono::steady_clock::duration since_start) const;

    RunState state_;
};

/// "####----  3/10 label": the bar fills what the rest leaves of `columns`.
std::string
bar_line(std::size_t position, std::size_t length, std::string_view label, std::size_t columns);

}  // namespace maelstrom::ui
