#pragma once

#include "config/surroundings.hpp"
#include "run/options.hpp"
#include "sys/program_end.hpp"
#include "util/error.hpp"

// One job: a program of the command line in the host container, or the first job of the input. The
// program ends as the job does.

namespace maelstrom::run {

util::Result<sys::ProgramEnd> run_one(const Options& options,
                                      const config::Surroundings& surroundings);

/// With our terminal as its own.
util::Result<sys::ProgramEnd> run_on_our_terminal(const Options& options,
                                                  const config::Surroundings& surroundings);

}  // namespace maelstrom::run
