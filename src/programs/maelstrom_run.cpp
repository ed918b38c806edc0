#include "config/reader.hpp"
#include "run/options.hpp"
#include "run/run.hpp"
#include "sys/program_end.hpp"
#include "sys/signals.hpp"
#include "sys/standard_streams.hpp"
#include "util/log.hpp"

#include <cerrno>
#include <csignal>
#include <utility>

namespace {

using namespace maelstrom;

enum class PipeSignal { ends_us, was_ignored };

/// As any tool would: silently by SIGPIPE when the reader has gone, else with a message.
int report_error(const util::Error& error,
                 const config::Surroundings& surroundings,
                 PipeSignal pipe_signal) {
    if (error.os_error() == EPIPE && pipe_signal == PipeSignal::ends_us) {
        sys::die_of(SIGPIPE);
    }
    return config::finish(config::start_error(surroundings, error.message()));
}

int start(const run::Options& options,
          const config::Configuration& configuration,
          const config::Surroundings& surroundings) {
    util::log::set_level(options.log_level);
    for (const std::string& warning : configuration.warnings) {
        util::log::warning("{}", warning);
    }
    const PipeSignal pipe_signal =
        sys::ignore_sigpipe() ? PipeSignal::ends_us : PipeSignal::was_ignored;
    const util::Result<sys::ProgramEnd> end = run::run(options, surroundings);
    if (!end) {
        return report_error(end.error(), surroundings, pipe_signal);
    }
    return sys::end_program(*end);
}

}  // namespace

int main(int argc, char** argv) {
    sys::occupy_standard_streams();
    const auto surroundings = config::Surroundings::of_process(argc, argv);
    const config::Program program = run::describe_program(surroundings);
    auto read = config::read(program, surroundings);
    if (const auto* ending = std::get_if<config::Ending>(&read)) {
        return config::finish(*ending);
    }
    const auto& configuration = std::get<config::Configuration>(read);
    auto options = run::options_from(configuration, program, surroundings);
    if (const auto* ending = std::get_if<config::Ending>(&options)) {
        return config::finish(*ending);
    }
    return start(std::get<run::Options>(options), configuration, surroundings);
}
