#pragma once

#include "config/surroundings.hpp"
#include "pytest/options.hpp"
#include "util/error.hpp"

namespace maelstrom::pytest {

/// How the program ends.
struct End {
    int code = 0;
    int signal = 0;  ///< ends by it, if not 0
};

/// Collects and runs the tests, or lists them. An error means that the run could not start or that
/// a report could not be written.
util::Result<End> run(const Options& options, const config::Surroundings& surroundings);

}  // namespace maelstrom::pytest
