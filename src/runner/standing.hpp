#pragma once

#include "client/client.hpp"
#include "host/caller.hpp"
#include "runner/framework.hpp"
#include "runner/options.hpp"
#include "runner/test_run.hpp"
#include "runner/watcher.hpp"
#include "ui/output.hpp"
#include "util/guarded.hpp"

#include <memory>
#include <string>
#include <vector>

namespace maelstrom::runner {

/// The run that an interrupt ends, if there is one at that moment.
using CurrentRun = util::Guarded<TestRun*>;

/// What stays from one run to the next while files are watched.
struct Standing {
    const Options& options;
    Framework& framework;
    const host::Variables& variables;
    const std::vector<std::string>& arguments;  ///< of the command line
    ui::Output& output;
    std::unique_ptr<client::Client> client;  ///< started by the first run
    CurrentRun current{nullptr};
    Watcher* watcher = nullptr;  ///< none: this is the only run
    bool only_failed = false;    ///< a key asks for it

    Identity identity() const { return framework.identity(); }
};

}  // namespace maelstrom::runner
