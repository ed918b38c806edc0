#include "runner/program.hpp"

#include "sys/program_end.hpp"
#include "sys/signals.hpp"
#include "sys/standard_streams.hpp"
#include "util/log.hpp"

#include <cerrno>
#include <csignal>

namespace maelstrom::runner {

namespace {

int run_started(Start start,
                const config::Configuration& configuration,
                const config::Surroundings& surroundings) {
    util::log::set_level(start.options.machine.log_level);
    for (const std::string& warning : configuration.warnings) {
        util::log::warning("{}", warning);
    }
    const bool broken_pipe_ends_us = sys::ignore_sigpipe();
    const util::Result<sys::ProgramEnd> end = run(start.options, *start.framework, surroundings);
    if (!end) {
        // As any tool would: silently when the reader has gone.
        if (end.error().os_error() == EPIPE && broken_pipe_ends_us) {
            sys::die_of(SIGPIPE);
        }
        return config::finish(config::start_error(surroundings, end.error().message()));
    }
    return sys::end_program(*end);
}

}  // namespace

int run_program(const Program& program, int argc, char** argv) {
    sys::occupy_standard_streams();
    const auto surroundings = config::Surroundings::of_process(argc, argv);
    const config::Program description = program.describe(surroundings);
    auto read = config::read(description, surroundings);
    if (const auto* ending = std::get_if<config::Ending>(&read)) {
        return config::finish(*ending);
    }
    const auto& configuration = std::get<config::Configuration>(read);
    auto started = program.start(configuration, description, surroundings);
    if (const auto* ending = std::get_if<config::Ending>(&started)) {
        return config::finish(*ending);
    }
    return run_started(std::get<Start>(std::move(started)), configuration, surroundings);
}

}  // namespace maelstrom::runner
