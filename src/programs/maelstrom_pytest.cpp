#include "config/reader.hpp"
#include "pytest/options.hpp"
#include "pytest/run.hpp"
#include "sys/signals.hpp"
#include "sys/standard_streams.hpp"
#include "util/log.hpp"

#include <cerrno>
#include <csignal>

namespace {

using namespace maelstrom;

int start(const pytest::Options& options,
          const config::Configuration& configuration,
          const config::Surroundings& surroundings) {
    util::log::set_level(options.log_level);
    for (const std::string& warning : configuration.warnings) {
        util::log::warning("{}", warning);
    }
    const bool broken_pipe_ends_us = sys::ignore_sigpipe();
    const util::Result<pytest::End> end = pytest::run(options, surroundings);
    if (!end) {
        // As any tool would: silently when the reader has gone.
        if (end.error().os_error() == EPIPE && broken_pipe_ends_us) {
            sys::die_of(SIGPIPE);
        }
        return config::finish(config::start_error(surroundings, end.error().message()));
    }
    if (end->signal != 0) {
        sys::die_of(end->signal);
    }
    return end->code;
}

}  // namespace

int main(int argc, char** argv) {
    sys::occupy_standard_streams();
    const auto surroundings = config::Surroundings::of_process(argc, argv);
    const config::Program program = pytest::describe_program(surroundings);
    auto read = config::read(program, surroundings);
    if (const auto* ending = std::get_if<config::Ending>(&read)) {
        return config::finish(*ending);
    }
    const auto& configuration = std::get<config::Configuration>(read);
    auto options = pytest::options_from(configuration, program, surroundings);
    if (const auto* ending = std::get_if<config::Ending>(&options)) {
        return config::finish(*ending);
    }
    return start(std::get<pytest::Options>(options), configuration, surroundings);
}
