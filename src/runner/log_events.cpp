#include "runner/log_events.hpp"

#include "util/log.hpp"

#include <string>
#include <utility>

namespace maelstrom::runner {

void LogEvents::start() {
    if (capture_ == Capture::yes) {
        util::log::set_sink([this](util::log::Level level, std::string_view line) {
            lines_.with([&](auto& lines) { lines.push_back({level, std::string(line)}); });
        });
        captures_ = true;
    }
}

void LogEvents::stop() {
    if (std::exchange(captures_, false)) {
        util::log::set_sink({});
    }
}

std::vector<ui::LogWritten> LogEvents::take() {
    return lines_.with([](auto& lines) { return std::exchange(lines, {}); });
}

}  // namespace maelstrom::runner
