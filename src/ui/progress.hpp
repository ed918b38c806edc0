#pragma once

#include "ui/event.hpp"
#include "ui/text.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace maelstrom::ui {

/// How far a run is: counts kept from its events, and the lines of a live display made from them.
class Progress {
public:
    void on(const Event& event);

    std::size_t expected() const;
    std::size_t finished() const { return finished_; }

    /// The spinner with the phase (until everything is queued) and four bars; `since_start` moves
    /// the spinner.
    std::vector<std::string> lines(std::size_t columns,
                                   std::chrono::steady_clock::duration since_start,
                                   const Painter& paint) const;

private:
    std::string spinner(std::chrono::steady_clock::duration since_start) const;

    std::string phase_;
    bool queuing_ = true;
    bool listing_ = false;
    std::size_t expected_ = 0;
    std::size_t queued_ = 0;
    std::size_t finished_ = 0;
    std::size_t failed_ = 0;
    // Runs in these states now; what was never heard of waits.
    std::unordered_set<std::uint32_t> pending_;
    std::unordered_set<std::uint32_t> running_;
};

/// "####----  3/10 label": the bar fills what the rest leaves of `columns`.
std::string
bar_line(std::size_t position, std::size_t length, std::string_view label, std::size_t columns);

}  // namespace maelstrom::ui
