#pragma once

#include "ui/live_area.hpp"
#include "ui/output.hpp"
#include "ui/progress.hpp"
#include "ui/reporter.hpp"
#include "ui/slowest.hpp"
#include "ui/text.hpp"

#include <functional>

namespace maelstrom::ui {

/// Whose output is shown below its line.
enum class ShowOutput { failed, all, none };

/// Makes one foldable part of some lines, with a title.
using Fold = std::function<std::string(std::string_view title, std::string_view text)>;

/// One line a finished test, a summary at the end; on a terminal a few live lines below.
class SimpleReporter final : public Reporter {
public:
    /// So many of the slowest tests are listed behind the summary. What others wrote goes through
    /// `fold`, which may be empty.
    SimpleReporter(Output& output, ShowOutput show_output, std::size_t slowest = 0, Fold fold = {})
        : output_(output), show_output_(show_output), paint_(output.has_colour()), area_(output),
          slowest_(slowest), fold_(std::move(fold)) {}

    void on(const Event& event) override;
    void tick(std::chrono::steady_clock::time_point now) override;
    util::Result<void> finish() override;

private:
    void print_details(const CaseFinished& finished);

    Output& output_;
    const ShowOutput show_output_;
    const Painter paint_;
    LiveArea area_;
    Progress progress_;
    Slowest slowest_;
    const Fold fold_;
    std::optional<std::chrono::steady_clock::time_point> started_;
    bool over_ = false;
};

/// Whether the streams of a case are shown.
bool shows_output(ShowOutput show_output, const CaseFinished& finished);
/// What a case wrote below its line; nothing if it is not to be shown.
std::string shown_details(ShowOutput show_output,
                          const CaseFinished& finished,
                          const Painter& paint,
                          const Fold& fold);
/// What building or collecting wrote.
std::string shown_report(const ClosingReport& report);
std::string shown_collection(const CollectionOutput& collection, const Fold& fold);
/// A log message as a line.
std::string log_line(const LogWritten& log, const Painter& paint);
/// On a terminal above the live lines, else to where logs go.
void print_log(const LogWritten& log, Output& output, LiveArea& area, const Painter& paint);

}  // namespace maelstrom::ui
