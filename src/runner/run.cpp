#include "runner/run.hpp"

#include "client/client.hpp"
#include "layer/project.hpp"
#include "runner/directives.hpp"
#include "runner/inspect.hpp"
#include "runner/interrupts.hpp"
#include "runner/keep_failed.hpp"
#include "runner/session.hpp"
#include "runner/watch_keys.hpp"
#include "runner/watcher.hpp"
#include "sys/file.hpp"
#include "terminal/run_on_terminal.hpp"
#include "ui/output.hpp"
#include "util/guarded.hpp"
#include "util/log.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

namespace maelstrom::runner {

using util::Result;

namespace {

/// What a run depends on, read before anything is started.
struct Setup {
    std::string directory;  ///< the working directory
    filter::Selection selection;
    std::optional<Directives> directives;  ///< none: there is no metadata file
    ProjectContainer project;              ///< empty where no container builds on it
};

/// The session that an interrupt ends, if there is one at that moment.
using CurrentSession = util::Guarded<Session*>;

/// What stays from one run to the next while files are watched.
struct Standing {
    const Options& options;
    Framework& framework;
    const host::Variables& variables;
    const std::vector<std::string>& arguments;  ///< of the command line
    ui::Output& output;
    std::unique_ptr<client::Client> client;  ///< started by the first run
    CurrentSession current{nullptr};
    Watcher* watcher = nullptr;  ///< none: this is the only run
    bool only_failed = false;    ///< a key asks for it

    Identity identity() const { return framework.identity(); }
};

void warn_if_large(const layer::ProjectSummary& project) {
    if (!project.is_large()) {
        return;
    }
    util::log::warning(
        "the project {} is large: {} files, {}; largest: {}. --project-exclude GLOB leaves out "
        "what no test needs",
        project.root, project.files, project.size.to_string(), project.largest_text());
}

Result<Setup> prepare(const Standing& standing) {
    const Identity identity = standing.identity();
    Setup setup{.directory = TRY(sys::current_directory())};
    setup.selection = TRY(selection_of(standing.options, identity.dialect));
    std::optional<std::string> warning = setup.selection.warning();
    const std::string file = fmt::format("{}/{}", setup.directory, identity.metadata_file());
    if (auto metadata = TRY(load_metadata(file, {.dialect = identity.dialect}))) {
        if (!warning && metadata->warning) {
            warning = fmt::format("{}: {}", file, *metadata->warning);
        }
        setup.directives.emplace(std::move(*metadata));
    }
    if (warning) {
        util::log::warning("{}", *warning);
    }
    setup.project.root = setup.directory;
    if (!setup.directives || setup.directives->needs_host() ||
        standing.options.host.list_project_files) {
        setup.project =
            TRY(standing.framework.project_container(setup.directory, standing.variables));
        for (const std::string& note : setup.project.notes) {
            util::log::info("{}", note);
        }
    }
    return setup;
}

Result<std::unique_ptr<client::Client>> start_client(const MachineOptions& options,
                                                     const std::string& directory) {
    return client::Client::start({.project_directory = directory,
                                  .store_directory = options.store_directory(),
                                  .cache_size = options.cache_size,
                                  .slots = options.slots,
                                  .inline_limit = options.inline_limit,
                                  .on_project = warn_if_large});
}

/// Makes the client know all containers that have names, the one to collect in included.
Ground define_containers(const Standing& standing, Setup& setup) {
    client::Client& client = *standing.client;
    const Framework& framework = standing.framework;
    Ground ground{.project = setup.directory,
                  .container = standing.identity().program,
                  .host_name = setup.project.host_name,
                  .directory = setup.directory,
                  .variables_left_outside = setup.project.variables_left_outside,
                  .output_limit = standing.options.machine.inline_limit,
                  .list = standing.options.core.list};
    if (!setup.directives) {
        client.define(ground.container, framework.equip(setup.project.container));
        return ground;
    }
    if (setup.directives->needs_host()) {
        client.define(std::string(job::host_container_name), setup.project.container);
    }
    for (const job::NamedContainer& named : setup.directives->containers()) {
        client.define(named.name, named.container);
    }
    // By what holds for all tests: which there are is not known yet.
    const ChosenContainer& chosen =
        *setup.directives->resolve_in_general(filter::PytestSubject{}).container;
    client.define(chosen.name, framework.equip(chosen.container));
    ground.container = chosen.name;
    ground.host_name = false;  // the client knows which jobs are on the host
    ground.on_host = chosen.on_host;
    if (!chosen.working_directory.empty()) {
        ground.directory = chosen.working_directory;
    }
    return ground;
}

Result<End> list_project_files(const ProjectContainer& project,
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
    return End{};
}

Result<std::optional<history::Turn>> take_turn(const history::Place& place) {
    return history::Turn::take(
        place,
        [](const std::string& holder) {
            util::log::info("another run in this directory{} has not finished: waiting for it",
                            holder.empty() ? "" : fmt::format(" (process {})", holder));
        },
        [] { return Interrupts::signal() != 0; });
}

/// How many executions there will be, from what earlier runs found; none where that says nothing.
std::optional<std::size_t> expected_executions(const Standing& standing,
                                               const history::History& history) {
    const Options& options = standing.options;
    if (options.core.list || options.last_failed || !options.include.empty() ||
        !options.exclude.empty() || !standing.framework.collects_everything() ||
        history.size() == 0) {
        return std::nullopt;
    }
    return history.size() * options.core.repeat;
}

Result<int> run_session(Standing& standing, Setup& setup, history::History& history) {
    const Options& options = standing.options;
    ReportSettings reports = options.reports;
    reports.github = github_settings(standing.variables);
    auto reporters = TRY(make_reporters(reports, standing.output));
    if (options.keep_failed) {
        reporters.push_back(std::make_unique<KeepFailedReporter>(
            standing.output, standing.identity().program, standing.arguments));
    }
    if (standing.client == nullptr) {
        standing.client = TRY(start_client(options.machine, setup.directory));
    } else {
        standing.client->look_again();
    }
    const std::unique_ptr<Collector> collector =
        standing.framework.collector(define_containers(standing, setup));
    const Planner planner(
        {.selection = setup.selection,
         .last_failed = wants_last_failed(options.last_failed || standing.only_failed, history),
         .retries = options.retries,
         .unit = options.unit.value_or(IsolationUnit::test),
         .directives = setup.directives ? &*setup.directives : nullptr,
         .history = &history});
    CoreSettings core = options.core;
    core.expected = expected_executions(standing, history);
    Session session({.program = standing.identity().program,
                     .project = setup.project.root,
                     .core = core,
                     .timeout = options.timeout,
                     .slots = options.machine.slots,
                     .planner = &planner,
                     .history = &history,
                     .advise_on_units = !options.unit,
                     .capture_log = true},
                    *collector, *standing.client, reporters);
    standing.current.with([&](Session*& one) { one = &session; });
    if (Interrupts::signal() != 0) {
        session.interrupt();
    }
    Result<int> code = session.run();
    standing.current.with([](Session*& one) { one = nullptr; });
    if (standing.watcher != nullptr) {
        standing.watcher->exclude(session.written_files());
    }
    return code;
}

Result<End> run_once(Standing& standing, Setup& setup) {
    const history::Place place(
        fmt::format("{}/{}", setup.directory, standing.identity().own_directory()));
    const bool list = standing.options.core.list;
    std::optional<history::Turn> turn;
    if (!list) {
        // Where the directory cannot be used the history says so.
        if (auto taken = take_turn(place); taken && !(turn = std::move(*taken))) {
            return End{.signal = Interrupts::signal()};
        }
    }
    history::History history(place, list ? history::Keeping::read : history::Keeping::write);
    const int code = TRY(run_session(standing, setup, history));
    return End{.code = code, .signal = Interrupts::signal()};
}

/// Why there is another run; neither: there is none.
struct Wake {
    std::optional<WatchKey> key;
    std::optional<std::string> change;
};

Result<Wake> wait_for_change(const Standing& standing, Watcher& watcher) {
    Wake wake;
    WatchTerminal terminal;
    standing.output.write(terminal.has_keys() ? "\nwaiting for changes; r: run again, f: only what "
                                                "failed, q: quit\n"
                                              : "\nwaiting for changes; Ctrl-C ends\n");
    TRY(standing.output.status());
    if (!terminal.has_keys()) {
        wake.change = watcher.wait();
        return wake;
    }
    wake.change = watcher.wait([&] {
        wake.key = terminal.key();
        return wake.key.has_value();
    });
    return wake;
}

/// Everything is read anew, so whatever is wrong with it can be mended while this goes on.
Result<End> run_and_watch(Standing& standing, Watcher& watcher) {
    for (;;) {
        Result<Setup> setup = prepare(standing);
        const Result<End> end = setup ? run_once(standing, *setup) : std::unexpected(setup.error());
        // Nobody reads any more, or a report has nowhere to go: that does not mend itself.
        if (!end && end.error().os_error() == EPIPE) {
            return std::unexpected(end.error());
        }
        if (!end) {
            util::log::error("{}", end.error().message());
        }
        if (Interrupts::signal() != 0) {
            return End{.signal = Interrupts::signal()};
        }
        const Wake wake = TRY(wait_for_change(standing, watcher));
        if (wake.key == WatchKey::quit) {
            return end ? End{.code = end->code} : End{.code = 1};
        }
        if (!wake.key && !wake.change) {
            return End{.signal = Interrupts::signal()};
        }
        standing.only_failed = wake.key == WatchKey::run_failed;
        if (!wake.key) {
            standing.output.write(
                fmt::format("\n{} changed\n", wake.change->empty() ? "something" : *wake.change));
        }
    }
}

/// Of all that a run itself writes below the project.
std::vector<std::string> written_files(const Standing& standing, const std::string& directory) {
    const Options& options = standing.options;
    std::vector<std::string> files{
        fmt::format("{}/{}", directory, standing.identity().own_directory())};
    const auto add = [&](const std::string& path) {
        const std::string whole = path.starts_with('/') ? path : directory + "/" + path;
        const std::size_t slash = whole.rfind('/');
        files.push_back(whole);
        // While it grows: ui::WholeFile.
        files.push_back(
            fmt::format("{}/.{}.next", whole.substr(0, slash), whole.substr(slash + 1)));
    };
    // Output may have been redirected into the project.
    for (const char* stream : {"/proc/self/fd/1", "/proc/self/fd/2"}) {
        if (const auto path = sys::readlinkat(AT_FDCWD, stream); path && path->starts_with('/')) {
            files.push_back(*path);
        }
    }
    if (options.reports.junit) {
        add(options.reports.junit->path);
    }
    if (options.reports.events) {
        add(options.reports.events->path);
    }
    return files;
}

End end_of(const job::Status& status) {
    if (const auto* exited = std::get_if<job::Exited>(&status)) {
        return {.code = exited->code};
    }
    const auto* signaled = std::get_if<job::Signaled>(&status);
    return {.code = signaled == nullptr ? 1 : 128 + signaled->signal};
}

/// `--shell` and `--debug`: the terminal is the test's, so signals and history are not ours.
Result<End> look_into(Standing& standing) {
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

Result<End> init(const Identity& identity, ui::Output& output) {
    const std::string file =
        fmt::format("{}/{}", TRY(sys::current_directory()), identity.metadata_file());
    const bool written = TRY(write_starter(file, identity.starter_file));
    output.write(written ? fmt::format("wrote {}\n", file)
                         : fmt::format("{} is there already and stays as it is\n", file));
    TRY(output.status());
    return End{.code = written ? 0 : 1};
}

}  // namespace

Result<End>
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
        standing.current.with([](Session* session) {
            if (session != nullptr) {
                session->interrupt();
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
