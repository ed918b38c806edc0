#pragma once

#include "runner/standing.hpp"
#include "runner/watcher.hpp"
#include "sys/program_end.hpp"
#include "util/error.hpp"

#include <string>
#include <vector>

namespace maelstrom::runner {

/// Runs, and again after each change or as keys ask, until a key or a signal ends it.
util::Result<sys::ProgramEnd> run_and_watch(Standing& standing, Watcher& watcher);

/// Of all that a run itself writes below the project: no change to run for.
std::vector<std::string> written_files(const Standing& standing, const std::string& directory);

}  // namespace maelstrom::runner
