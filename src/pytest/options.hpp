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

    host::Base base = host::Base::host;
    bool read_only = false;
    std::vector<std::string> pass_env;
    std::vector<std::string> project_exclude;
    std::vector<std::string> project_include;
    bool list_project_files = false;

    util::log::Level log_level = util::log::Level::info;
    std::string cache_root;
    util::Bytes cache_size;
    unsigned slots = 1;
    util::Bytes inline_limit;
};

/// The rows of maelstrom-pytest's options.
config::Program describe_program(const config::Surroundings& surroundings);

std::variant<Options, config::Ending> options_from(const config::Configuration& configuration,
                                                   const config::Program& program,
                                                   const config::Surroundings& surroundings);

}  // namespace maelstrom::pytest
