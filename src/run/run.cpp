#include "run/run.hpp"

#include "run/host_job.hpp"
#include "run/printer.hpp"
#include "run/single_job.hpp"
#include "run/stream_mode.hpp"

#include <unistd.h>

namespace maelstrom::run {

using util::Result;

namespace {

Result<sys::ProgramEnd> list_project_files(const Options& options,
                                           const config::Surroundings& surroundings) {
    Report report;
    for (const std::string& path : TRY(project_files(options.host, surroundings))) {
        report.output += path + '\n';
    }
    TRY(Printer(STDOUT_FILENO, STDERR_FILENO).print(report));
    return sys::ProgramEnd{};
}

}  // namespace

Result<sys::ProgramEnd> run(const Options& options, const config::Surroundings& surroundings) {
    switch (options.mode) {
    case Mode::project_files:
        return list_project_files(options, surroundings);
    case Mode::terminal:
        return run_on_our_terminal(options, surroundings);
    case Mode::one:
        return run_one(options, surroundings);
    case Mode::stream:
        break;
    }
    return options.in_host ? run_one(options, surroundings) : run_stream(options, surroundings);
}

}  // namespace maelstrom::run
