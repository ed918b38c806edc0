#pragma once

#include "job/spec.hpp"
#include "pytest/report.hpp"
#include "runner/collector.hpp"

#include <string>
#include <vector>

namespace maelstrom::pytest {

/// Arguments for pytest, by where they apply.
struct Arguments {
    std::vector<std::string> everywhere;  ///< collection and each test
    std::vector<std::string> collection_only;
    std::vector<std::string> tests_only;
    /// Paths, node ids and options that say what to collect: both, so that pytest finds the same
    /// root directory, configuration and conftest files each time.
    std::vector<std::string> selection;
};

struct Settings {
    /// Name of the container that all jobs run in. It has the interpreter, pytest, the project, and
    /// `plugin_layer`.
    std::string container;
    bool host_name = false;  ///< jobs show the host's own name
    std::string directory;   ///< absolute; what filters name files from
    std::string python;      ///< path in the container
    Arguments arguments;
    /// Names of the caller's variables that tests do not get, for hints.
    std::vector<std::string> variables_left_outside;
    util::Bytes output_limit{1'000'000};  ///< kept of each stream of a test
};

/// Has the program that pytest is run by.
job::Layer plugin_layer();

/// Finds and runs the tests of pytest. One job collects; then each test is a job of its own, which
/// collects the file of the test again and runs the one item of it.
class PytestCollector final : public runner::Collector {
public:
    explicit PytestCollector(Settings settings);

    std::string phase_label() const override { return "collecting"; }
    runner::CollectionEnd
    collect(runner::Findings& findings, runner::JobRunner& jobs, std::stop_token stop) override;
    runner::JobRequest request(const runner::Case& test, unsigned attempt) override;
    runner::Judgement
    judge(const runner::Case& test, unsigned attempt, const job::Result& result) override;

private:
    runner::JobRequest collection_request() const;
    runner::JobRequest python_request(const std::string& container,
                                      const std::vector<std::string>& arguments,
                                      std::string task) const;
    std::string define_test_container(runner::JobRunner& jobs,
                                      std::vector<CompiledFile> compiled) const;
    std::vector<std::string> test_arguments(const Item& item) const;
    std::string test_task(const Item& item, bool alone) const;
    bool collects_alone(const runner::Case& test, unsigned attempt) const;

    const Settings settings_;
    // Written by `collect` before it hands cases over, only read afterwards.
    Collection collection_;
    std::string test_container_;
    bool several_files_ = false;
};

/// What a finished collecting job means. Cases come from `Collection::items`.
struct CollectionResult {
    Collection collection;
    runner::CollectionEnd end;
};
CollectionResult read_collection(const job::Result& result, const std::string& python);

}  // namespace maelstrom::pytest
