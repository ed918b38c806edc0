#pragma once

#include "runner/setup.hpp"
#include "runner/standing.hpp"
#include "sys/program_end.hpp"
#include "util/error.hpp"

namespace maelstrom::runner {

/// One run from its turn in the directory to its last report.
util::Result<sys::ProgramEnd> run_once(Standing& standing, Setup& setup);

}  // namespace maelstrom::runner
