#pragma once

#include "client/client.hpp"
#include "runner/collector.hpp"
#include "runner/directives.hpp"
#include "sys/signals.hpp"
#include "ui/output.hpp"

#include <string>

// A person looks into one test, on the terminal: `--shell TEST`, `--debug TEST`.

namespace maelstrom::runner {

enum class Inspection { shell, debugger };

struct InspectSettings {
    std::string program;  ///< "maelstrom-pytest"
    Inspection kind = Inspection::shell;
    std::string test;                  ///< as `find_case` reads it
    Directives* directives = nullptr;  ///< none: there is no metadata file
};

/// Collects, and gives the terminal to the test's container. Returns how the job ended, or the
/// collector's exit code where nothing could be found. `signals` are those of
/// `terminal::block_terminal_signals`, blocked before the client was started.
util::Result<job::Status> inspect(const InspectSettings& settings,
                                  Collector& collector,
                                  client::Client& client,
                                  sys::SignalQueue signals,
                                  ui::Output& output);

}  // namespace maelstrom::runner
