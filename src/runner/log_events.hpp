#pragma once

#include "ui/event.hpp"
#include "util/guarded.hpp"

#include <vector>

namespace maelstrom::runner {

/// Log messages as events of a run, for interfaces that own the terminal.
class LogEvents {
public:
    enum class Capture { no, yes };

    explicit LogEvents(Capture capture) : capture_(capture) {}
    LogEvents(const LogEvents&) = delete;
    LogEvents& operator=(const LogEvents&) = delete;
    ~LogEvents() { stop(); }

    /// From now on messages go here.
    void start();
    /// And now where they went before.
    void stop();
    /// Those since the last time.
    std::vector<ui::LogWritten> take();

private:
    Capture capture_;
    bool captures_ = false;
    util::Guarded<std::vector<ui::LogWritten>> lines_;
};

}  // namespace maelstrom::runner
