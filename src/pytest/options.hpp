#pragma once

#include "config/reader.hpp"
#include "config/surroundings.hpp"
#include "host/host.hpp"
#include "pytest/collector.hpp"
#include "runner/options.hpp"

#include <string>
#include <variant>
#include <vector>

namespace maelstrom::pytest {

/// What maelstrom-pytest was told, from wherever.
struct Options {
    runner::Options run;
    Arguments arguments;
    Isolation isolation = Isolation::fork;
    std::string python;            ///< empty: the calling environment's
    std::string container_python;  ///< in containers without the host below them
};

/// The rows of maelstrom-pytest's options.
config::Program describe_program(const config::Surroundings& surroundings);

std::variant<Options, config::Ending> options_from(const config::Configuration& configuration,
                                                   const config::Surroundings& surroundings);

}  // namespace maelstrom::pytest
