#pragma once

#include "ui/output.hpp"
#include "ui/reporter.hpp"
#include "ui/slowest.hpp"

#include <string>
#include <string_view>
#include <vector>

// Runs in GitHub Actions: https://docs.github.com/actions, "workflow commands".

namespace maelstrom::ui {

struct GithubSettings {
    std::string summary_path;  ///< where the step's summary is appended; empty: none
    std::string workspace;     ///< absolute; files are named relative to it
};

/// Marks failed tests in the files of a pull request and writes the summary of the step.
class GithubReporter final : public Reporter {
public:
    GithubReporter(Output& output, GithubSettings settings);

    void on(const Event& event) override;
    void tick(std::chrono::steady_clock::time_point now) override;
    util::Result<void> finish() override;

private:
    Output& output_;
    const GithubSettings settings_;
    std::string program_ = "maelstrom";
    std::string project_;
    std::vector<CaseFinished> failures_;  ///< as many as are shown in full
    Slowest slowest_;
    std::optional<Summary> summary_;
};

}  // namespace maelstrom::ui
