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

/// "::error file=…,line=…,title=…::message", with a newline. What GitHub would take for the end of
/// a part is escaped.
std::string
github_error(const CaseFinished& finished, std::string_view project, std::string_view workspace);

/// Lines that are folded under a title, and whose content cannot give commands to GitHub. `token`
/// must be one that the text does not know.
std::string github_group(std::string_view title, std::string_view text, std::string_view token);

/// Markdown, at most `limit` bytes of it.
std::string github_summary(std::string_view program,
                           const Summary& summary,
                           const std::vector<CaseFinished>& failures,
                           const Slowest& slowest,
                           std::size_t limit);

}  // namespace maelstrom::ui
