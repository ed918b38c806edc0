#pragma once

#include "ui/live_area.hpp"
#include "ui/output.hpp"
#include "ui/progress.hpp"
#include "ui/reporter.hpp"
#include "ui/text.hpp"

namespace maelstrom::ui {

/// Whose output is shown below its line.
enum class ShowOutput { failed, all, none };

/// One line a finished test, a summary at the end; on a terminal a few live lines below.
class SimpleReporter final : public Reporter {
public:
    SimpleReporter(Output& output, ShowOutput show_output)
        : output_(output), show_output_(show_output), paint_(output.has_colour()), area_(output) {}

    void on(const Event& event) override;
    void tick(std::chrono::steady_clock::time_point now) override;
    util::Result<void> finish() override;

private:
    void print_details(const CaseFinished& finished);
    void print_log(const LogWritten& log);

    Output& output_;
    const ShowOutput show_output_;
    const Painter paint_;
    LiveArea area_;
    Progress progress_;
    std::optional<std::chrono::steady_clock::time_point> started_;
    bool over_ = false;
};

/// Whether the streams of a case are shown.
bool shows_output(ShowOutput show_output, const CaseFinished& finished);
/// A log message as a line.
std::string log_line(const LogWritten& log, const Painter& paint);

}  // namespace maelstrom::ui
