#pragma once

#include "ui/inline_screen.hpp"
#include "ui/reporter.hpp"
#include "ui/run_state.hpp"
#include "ui/simple.hpp"
#include "ui/terminal_control.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace maelstrom::ui {

struct FancySettings {
    ShowOutput show_output = ShowOutput::failed;
    std::size_t slowest = 0;  ///< so many of the slowest tests are listed behind the summary
    /// What the key q does: end the run with a summary. Called at most once.
    std::function<void()> quit;
    std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

/// A picture of the run at the lower end of the terminal, finished tests scrolling away above it.
///
/// Nothing is drawn but in `tick`, at most thirty times a second. The size of the terminal is asked
/// for each time, so a changed one needs no signal.
class FancyReporter final : public Reporter {
public:
    FancyReporter(Output& output,
                  std::unique_ptr<TerminalControl> terminal,
                  FancySettings settings);
    ~FancyReporter() override;

    void on(const Event& event) override;
    void tick(std::chrono::steady_clock::time_point now) override;
    util::Result<void> finish() override;

private:
    struct Size {
        std::size_t rows = 0;
        std::size_t columns = 0;
        bool operator==(const Size&) const = default;
    };

    void scroll_text(std::string_view text);
    void scroll_result(const CaseFinished& finished, std::string row);
    void scroll_summary(const Summary& summary);
    void scroll_collection_output(const CollectionOutput& collection);
    void handle_keys();
    void handle_suspension();
    void draw(std::chrono::steady_clock::time_point now);
    void end();

    Output& output_;
    const std::unique_ptr<TerminalControl> terminal_;
    const FancySettings settings_;
    const Painter paint_;
    InlineScreen screen_;
    RunState state_;
    Slowest slowest_;
    std::size_t first_failed_ = 0;
    Size size_;
    bool begun_ = false;
    bool over_ = false;
    bool quitting_ = false;
    std::optional<std::chrono::steady_clock::time_point> drawn_;
};

}  // namespace maelstrom::ui
