#pragma once

#include "config/option.hpp"
#include "config/values.hpp"
#include "filter/selection.hpp"
#include "history/history.hpp"
#include "runner/core.hpp"
#include "runner/host_options.hpp"
#include "runner/report_options.hpp"

#include <chrono>
#include <optional>
#include <vector>

// The options that all test runners have.

namespace maelstrom::runner {

struct Options {
    CoreSettings core;
    std::vector<std::string> include;  ///< filters, not parsed yet
    std::vector<std::string> exclude;
    bool last_failed = false;
    unsigned retries = 0;
    std::optional<IsolationUnit> unit;  ///< none: the user has not chosen
    bool watch = false;                 ///< run again whenever something has changed
    bool init = false;                  ///< write a metadata file to begin with, run nothing
    std::optional<std::chrono::seconds> timeout;  ///< as `TestRunSettings::timeout`
    bool keep_failed = false;          ///< name commands that open failed tests' containers
    std::optional<std::string> shell;  ///< a test to look into
    std::optional<std::string> debug;
    ReportSettings reports;
    HostOptions host;
    MachineOptions machine;
};

/// All rows of a test runner, its own ones in their place among those that all have.
std::vector<config::Option> option_rows(config::Programs program,
                                        const config::Surroundings& surroundings,
                                        std::vector<config::Option> own);
Options options_from(const config::Values& values);

/// The filters, parsed: to be called before anything is started.
util::Result<filter::Selection> selection_of(const Options& options, filter::Dialect dialect);

/// Whether only failed tests are wanted. As with pytest that means all where none has failed; says
/// so.
bool wants_last_failed(bool wanted, const history::History& history);

}  // namespace maelstrom::runner
