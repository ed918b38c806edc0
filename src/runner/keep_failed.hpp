#pragma once

#include "ui/output.hpp"
#include "ui/reporter.hpp"

#include <string>
#include <vector>

namespace maelstrom::runner {

/// A word as a shell reads it back.
std::string shell_quoted(const std::string& word);

/// Ends a run with a command for each failed test that opens its container again
/// (`--keep-failed`), a bounded number of them.
class KeepFailedReporter final : public ui::Reporter {
public:
    /// `arguments`: those of the call that ran the tests.
    KeepFailedReporter(ui::Output& output, std::string program, std::vector<std::string> arguments);

    void on(const ui::Event& event) override;
    void tick(std::chrono::steady_clock::time_point /*now*/) override {}
    util::Result<void> finish() override;

private:
    ui::Output& output_;
    const std::string program_;
    std::string arguments_;  ///< quoted
    std::vector<std::string> failed_;
};

}  // namespace maelstrom::runner
