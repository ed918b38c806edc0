#pragma once

#include "config/surroundings.hpp"
#include "run/options.hpp"
#include "sys/program_end.hpp"
#include "util/error.hpp"

namespace maelstrom::run {

/// Runs any number of jobs, while their specifications come in. The first signal ends the program
/// with what has finished, the second at once.
util::Result<sys::ProgramEnd> run_stream(const Options& options,
                                         const config::Surroundings& surroundings);

}  // namespace maelstrom::run
