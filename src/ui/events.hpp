#pragma once

#include "sys/fd.hpp"
#include "ui/reporter.hpp"
#include "util/json_text.hpp"

#include <functional>
#include <memory>
#include <string>

namespace maelstrom::ui {

struct EventsSettings {
    std::string path;  ///< "-": standard output
    std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;
};

/// Writes a run as JSON lines, one object for each event, each line in one write as soon as the
/// event happens. The format is documented in docs/formats/events.md and must only grow.
class EventsReporter final : public Reporter {
public:
    /// Creates the file, or empties it.
    static util::Result<std::unique_ptr<EventsReporter>> create(const EventsSettings& settings);

    void on(const Event& event) override;
    void tick(std::chrono::steady_clock::time_point now) override;
    util::Result<void> finish() override;

private:
    EventsReporter(sys::Fd file, EventsSettings settings)
        : file_(std::move(file)), settings_(std::move(settings)) {}

    sys::Fd file_;
    const EventsSettings settings_;
    util::JsonWriter json_;
    util::Result<void> status_;
};

/// Appends what a line says besides its time: `"event":"…"` and the members of that event.
void write_event(util::JsonWriter& json, const Event& event);

}  // namespace maelstrom::ui
