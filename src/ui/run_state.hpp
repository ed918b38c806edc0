#pragma once

#include "ui/event.hpp"
#include "ui/live_view.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace maelstrom::ui {

/// What a run's events have come to so far, for a picture of it.
class RunState {
public:
    using Time = std::chrono::steady_clock::time_point;

    void on(const Event& event, Time now);
    /// The picture's content now. Of the failed tests so many from `first_failed` on are enough.
    LiveView view(Time now, std::size_t first_failed) const;
    std::size_t failed() const { return failed_names_.size(); }
    LiveView::Counts counts() const;
    std::size_t queued() const { return queued_; }
    /// Nothing runs, names are printed.
    bool is_listing() const { return listing_; }
    /// What happens besides running tests; empty once everything is queued.
    std::string_view phase() const { return queuing_ ? std::string_view(phase_) : ""; }

private:
    struct Running {
        CasePointer name;
        Time since;
    };

    void finish(const CaseFinished& finished);
    std::string phase_line(Time now) const;

    std::string phase_;
    bool queuing_ = true;
    bool listing_ = false;
    Time started_;
    std::size_t expected_ = 0;
    std::size_t queued_ = 0;
    std::size_t finished_ = 0;
    std::size_t failed_ = 0;
    std::unordered_map<std::uint32_t, CasePointer> names_;  ///< of runs without a result
    std::unordered_set<std::uint32_t> pending_;
    std::unordered_map<std::uint32_t, Running> running_;
    std::size_t most_running_ = 0;
    std::map<std::string, std::string_view> failed_names_;
};

}  // namespace maelstrom::ui
