#pragma once

#include "config/surroundings.hpp"
#include "run/options.hpp"
#include "sys/program_end.hpp"
#include "util/error.hpp"

namespace maelstrom::run {

/// What maelstrom-run does once it knows its options. An error is one that kept it from starting or
/// going on; what jobs did is in the end.
util::Result<sys::ProgramEnd> run(const Options& options, const config::Surroundings& surroundings);

}  // namespace maelstrom::run
