#pragma once

#include "config/reader.hpp"
#include "config/surroundings.hpp"
#include "host/host.hpp"
#include "job/spec.hpp"
#include "run/job_stream.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace maelstrom::run {

enum class Mode {
    stream,         ///< jobs from the input, any number
    one,            ///< the first job of the input
    terminal,       ///< the same, on our terminal
    project_files,  ///< only say what of the project a job would see
};

/// The container of a job that has no specification.
struct HostOptions {
    bool read_only = false;
    host::Base base = host::Base::host;
    std::vector<std::string> pass_env;
    std::vector<std::string> project_exclude;
    std::vector<std::string> project_include;
    std::optional<std::chrono::seconds> timeout;
    job::Network network = job::Network::loopback;
};

/// What maelstrom-run was told, from wherever.
struct Options {
    Mode mode = Mode::stream;
    Format format = Format::text;
    std::optional<std::string> file;   ///< instead of standard input
    std::vector<std::string> command;  ///< program and arguments
    bool in_host = false;              ///< run `command` in the host container, read no input
    std::size_t jobs_in_flight = 256;
    char escape = '\x1d';
    HostOptions host;

    util::log::Level log_level = util::log::Level::info;
    std::string cache_root;
    util::Bytes cache_size;
    unsigned slots = 1;
    util::Bytes inline_limit;
    std::chrono::seconds kill_grace{0};
    bool inline_limit_given = false;
};

/// The rows of maelstrom-run's options.
config::Program describe_program(const config::Surroundings& surroundings);

std::variant<Options, config::Ending> options_from(const config::Configuration& configuration,
                                                   const config::Program& program,
                                                   const config::Surroundings& surroundings);

}  // namespace maelstrom::run
