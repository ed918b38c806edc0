#pragma once

#include "runner/end.hpp"
#include "runner/setup.hpp"
#include "runner/standing.hpp"
#include "util/error.hpp"

namespace maelstrom::runner {

/// One run from its turn in the directory to its last report.
util::Result<End> run_once(Standing& standing, Setup& setup);

}  // namespace maelstrom::runner
