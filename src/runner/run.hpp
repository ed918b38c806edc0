#pragma once

#include "config/surroundings.hpp"
#include "runner/framework.hpp"
#include "runner/options.hpp"
#include "sys/program_end.hpp"
#include "util/error.hpp"

namespace maelstrom::runner {

/// Collects and runs the tests of a framework, or lists them, or whatever else the options ask for.
/// An error means that the run could not start or that a report could not be written.
util::Result<sys::ProgramEnd>
run(const Options& options, Framework& framework, const config::Surroundings& surroundings);

}  // namespace maelstrom::runner
