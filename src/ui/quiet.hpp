#pragma once

#include "ui/live_area.hpp"
#include "ui/output.hpp"
#include "ui/progress.hpp"
#include "ui/reporter.hpp"
#include "ui/simple.hpp"

#include <string>

namespace maelstrom::ui {

/// A bar on a terminal, the summary, and what is needed to mend the failures: their output follows
/// the summary when nobody watches (not a terminal), or when it was asked for.
class QuietReporter final : public Reporter {
public:
    /// No wish: failed tests' output where standard output is not a terminal.
    QuietReporter(Output& output,
                  std::optional<ShowOutput> show_output,
                  std::size_t slowest = 0,
                  Fold fold = {});

    void on(const Event& event) override;
    void tick(std::chrono::steady_clock::time_point now) override;
    util::Result<void> finish() override;

private:
    Output& output_;
    const ShowOutput show_output_;
    const Painter paint_;
    LiveArea area_;
    Progress progress_;
    Slowest slowest_;
    const Fold fold_;
    std::string kept_;  ///< for after the summary
    bool over_ = false;
};

}  // namespace maelstrom::ui
