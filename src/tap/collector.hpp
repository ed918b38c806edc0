#pragma once

#include "runner/collector.hpp"
#include "runner/job_defaults.hpp"

#include <string>
#include <vector>

namespace maelstrom::tap {

struct Settings {
    runner::JobDefaults defaults;
    std::vector<std::string> programs;  ///< files and directories as the user names them
    std::vector<std::string> exec;      ///< what runs them; empty: they themselves
};

/// Runs programs that speak TAP. A program is a case and a job; its test points are parts of it,
/// because nobody knows them before it has run.
class TapCollector final : public runner::Collector {
public:
    explicit TapCollector(Settings settings) : settings_(std::move(settings)) {}

    std::string phase_label() const override { return "collecting"; }
    runner::CollectionEnd
    collect(runner::Findings& findings, runner::JobRunner& jobs, std::stop_token stop) override;
    runner::JobRequest request(const runner::Case& test, runner::Attempt attempt) override;
    runner::Judgement
    judge(const runner::Case& test, runner::Attempt attempt, const job::Result& result) override;

private:
    const Settings settings_;
};

}  // namespace maelstrom::tap
