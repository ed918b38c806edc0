#include "runner/run.hpp"

#include "layer/project.hpp"
#include "runner/inspect.hpp"
#include "runner/interrupts.hpp"
#include "runner/prepare_client.hpp"
#include "runner/run_once.hpp"
#include "runner/setup.hpp"
#include "runner/standing.hpp"
#include "runner/watch_mode.hpp"
#include "runner/watcher.hpp"
#include "sys/file.hpp"
#include "terminal/run_on_terminal.hpp"
#include "ui/output.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

namespace maelstrom::runner {

using util::Result;

namespace {

Result<sys::ProgramEnd> list_project_files(const ProjectContainer& project,
                                           const host::Variables& variables,
                                           ui::Output& output) {
    const auto home = variables.find("HOME");
    for (const job::Layer& layer : project.container.layers) {
        if (const auto* files = std::get_if<job::ProjectLayer>(&layer)) {
            const auto paths =
                TRY(layer::list_project_files(*files, home == variables.end() ? "" : home->second));
            for (const std::string& path : paths) {
                output.write(path + "\n");
            }
        }
    }
    TRY(output.status());
    return sys::ProgramEnd{};
}

sys::ProgramEnd end_of(const job::Status& status) {
    if (const auto* exited = std::get_if<job::Exited>(&status)) {
        return {.code = exited->code};
    }
    const auto* signaled = std::get_if<job::Signaled>(&status);
    return {.code = signaled == nullptr ? 1 : 128 + signaled->signal};
}

/// `--shell` and `--debug`: the terminal is the test's, so signals and history are not ours.
Result<sys::ProgramEnd> look_into(Standing& standing) {
    const Options& options = standing.options;
    const char* option = options.debug ? "--debug" : "--shell";
    if (const std::optional<std::string> missing = terminal::missing_terminal(option)) {
        return util::fail(util::ErrorKind::invalid, "{}", *missing);
    }
    Setup setup = TRY(prepare(standing));
    sys::SignalQueue signals = TRY(terminal::block_terminal_signals());
    standing.client = TRY(start_client(options.machine, setup.directory));
    const std::unique_ptr<Collector> collector =
        standing.framework.collector(define_containers(standing, setup));
    return end_of(TRY(inspect({.program = standing.identity().program,
                               .kind = options.debug ? Inspection::debugger : Inspection::shell,
                               .test = options.debug ? *options.debug : *options.shell,
                               .directives = setup.directives ? &*setup.directives : nullptr},
                              *collector, *standing.client, std::move(signals), standing.output)));
}

Result<sys::ProgramEnd> init(const Identity& identity, ui::Output& output) {
    const std::string file =
        fmt::format("{}/{}", TRY(sys::current_directory()), identity.metadata_file());
    const bool written = TRY(write_starter(file, identity.starter_file));
    output.write(written ? fmt::format("wrote {}\n", file)
                         : fmt::format("{} is there already and stays as it is\n", file));
    TRY(output.status());
    return sys::ProgramEnd{.code = written ? 0 : 1};
}

}  // namespace

Result<sys::ProgramEnd>
run(const Options& options, Framework& framework, const config::Surroundings& surroundings) {
    const host::Variables variables(surroundings.variables.begin(), surroundings.variables.end());
    ui::StandardOutput output(terminal_wishes(variables), options.reports.interface_descriptor());
    if (options.init) {
        return init(framework.identity(), output);
    }
    Standing standing{.options = options,
                      .framework = framework,
                      .variables = variables,
                      .arguments = surroundings.arguments,
                      .output = output};
    if (options.shell || options.debug) {
        return look_into(standing);
    }
    std::unique_ptr<Watcher> watcher;
    if (options.watch) {
        // A filter of the command line does not mend itself.
        TRY(selection_of(options, framework.identity().dialect));
        const std::string directory = TRY(sys::current_directory());
        const std::string root = framework.project_root(directory);
        watcher =
            TRY(Watcher::start({.rules = WatchRules(root, written_files(standing, directory))}));
    }
    const auto interrupts = TRY(Interrupts::watch([&standing, &watcher] {
        standing.current.with([](TestRun* run) {
            if (run != nullptr) {
                run->interrupt();
            }
        });
        if (watcher != nullptr) {
            watcher->interrupt();
        }
    }));
    if (watcher != nullptr) {
        standing.watcher = watcher.get();
        return run_and_watch(standing, *watcher);
    }
    Setup setup = TRY(prepare(standing));
    if (options.host.list_project_files) {
        return list_project_files(setup.project, variables, output);
    }
    return run_once(standing, setup);
}

}  // namespace maelstrom::runner
