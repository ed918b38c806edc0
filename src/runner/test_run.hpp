#pragma once

#include "client/client.hpp"
#include "runner/collector.hpp"
#include "runner/core.hpp"
#include "runner/planner.hpp"
#include "ui/reporter.hpp"
#include "util/log.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace maelstrom::runner {

struct TestRunSettings {
    std::string program;  ///< "maelstrom-pytest"
    std::string project;
    CoreSettings core;
    /// Replaces every test's own limit; 0 takes all limits away.
    std::optional<std::chrono::seconds> timeout;
    std::size_t slots = 1;  ///< of the client
    /// Chooses among what is found; none: all of it.
    const Planner* planner = nullptr;
    /// Where results are remembered; none: nowhere.
    history::History* history = nullptr;
    /// Whether to tell, where it would help much, that tests can share containers.
    bool advise_on_units = false;
    /// Log messages become events of the run, for interfaces that own the terminal.
    bool capture_log = false;
};

/// One run: the core, fed by a collector's thread and a client's events, shown by reporters.
/// Everything but the collector runs in the calling thread.
class TestRun {
public:
    TestRun(const TestRunSettings& settings,
            Collector& collector,
            client::Client& client,
            std::span<const std::unique_ptr<ui::Reporter>> reporters);
    ~TestRun();
    TestRun(const TestRun&) = delete;
    TestRun& operator=(const TestRun&) = delete;

    /// Runs to the end and returns the exit code. An error is a report that could not be written;
    /// the tests have run then.
    util::Result<int> run();
    /// What the run has written into the project besides its reports; absolute. After `run`.
    const std::vector<std::string>& written_files() const;
    /// Ends the run early with its summary. Any thread, and before `run` too.
    void interrupt();

private:
    class Driver;
    std::unique_ptr<Driver> driver_;
};

}  // namespace maelstrom::runner
