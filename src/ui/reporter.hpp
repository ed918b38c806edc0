#pragma once

#include "ui/event.hpp"
#include "util/error.hpp"

#include <chrono>

namespace maelstrom::ui {

/// Consumes the events of one run, in order, all from one thread.
class Reporter {
public:
    virtual ~Reporter() = default;

    virtual void on(const Event& event) = 0;
    /// Called about thirty times a second, or more often, while a run goes on: for what is redrawn
    /// or written in batches.
    virtual void tick(std::chrono::steady_clock::time_point now) = 0;
    /// Completes what is shown or stored; nothing follows. The error of any earlier write comes out
    /// here.
    virtual util::Result<void> finish() = 0;
};

}  // namespace maelstrom::ui
