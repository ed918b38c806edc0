#include "pytest/run.hpp"

#include "client/client.hpp"
#include "layer/project.hpp"
#include "pytest/container.hpp"
#include "pytest/python.hpp"
#include "pytest/root.hpp"
#include "pytest/starter.hpp"
#include "runner/directives.hpp"
#include "runner/interrupts.hpp"
#include "runner/session.hpp"
#include "runner/watcher.hpp"
#include "store/store.hpp"
#include "sys/file.hpp"
#include "ui/output.hpp"
#include "util/guarded.hpp"
#include "util/log.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

namespace maelstrom::pytest {

using util::Result;

namespace {

/// Of the container that all tests run in where no metadata file says otherwise.
constexpr const char* container_name = "pytest";
constexpr const char* runner_directory = ".maelstrom-pytest";

/// What a run depends on, read before anything is started.
struct Setup {
    std::string directory;  ///< the working directory
    host::Variables variables;
    filter::Selection selection;
    std::optional<runner::Directives> directives;  ///< none: there is no metadata file
    /// These two are empty where no container builds on the host's.
    Python python;
    ProjectContainer project;
};

std::string store_directory(const Options& options) {
    return options.cache_root + "/store/v1";
}

Result<Python> find_interpreter(const Options& options,
                                const std::string& directory,
                                const host::Variables& variables) {
    const std::unique_ptr<store::Store> memo = TRY(store::Store::open(
        {.directory = store_directory(options), .cache_size = options.cache_size}));
    return find_python(python_request(options, directory, variables), *memo);
}

void warn_if_large(const layer::ProjectSummary& project) {
    if (!project.is_large()) {
        return;
    }
    std::string largest;
    for (const layer::ProjectSummary::Part& part : project.largest) {
        largest += fmt::format("{}{} ({} files, {})", largest.empty() ? "" : ", ", part.directory,
                               part.files, part.size.to_string());
    }
    util::log::warning(
        "the project {} is large: {} files, {}; largest: {}. --project-exclude GLOB leaves out "
        "what no test needs",
        project.root, project.files, project.size.to_string(), largest);
}

Result<Setup> prepare(const Options& options, const host::Variables& variables) {
    Setup setup{.directory = TRY(sys::current_directory()), .variables = variables};
    setup.selection = TRY(runner::selection_of(options.run, filter::Dialect::pytest));
    std::optional<std::string> warning = setup.selection.warning();
    const std::string file = fmt::format("{}/{}", setup.directory, metadata_file);
    if (auto metadata = TRY(runner::load_metadata(file, {.dialect = filter::Dialect::pytest}))) {
        if (!warning && metadata->warning) {
            warning = fmt::format("{}: {}", file, *metadata->warning);
        }
        setup.directives.emplace(std::move(*metadata));
    }
    if (warning) {
        util::log::warning("{}", *warning);
    }
    setup.project.root = setup.directory;
    if (!setup.directives || setup.directives->needs_host() || options.list_project_files) {
        setup.python = TRY(find_interpreter(options, setup.directory, variables));
        setup.project = make_container(options, setup.python, setup.directory, variables);
        for (const std::string& note : setup.project.notes) {
            util::log::info("{}", note);
        }
    }
    return setup;
}

Result<std::unique_ptr<client::Client>> start_client(const Options& options,
                                                     const std::string& directory) {
    return client::Client::start({.project_directory = directory,
                                  .store_directory = store_directory(options),
                                  .cache_size = options.cache_size,
                                  .slots = options.slots,
                                  .inline_limit = options.inline_limit,
                                  .on_project = warn_if_large});
}

/// Without the host below it a container has a read-only root, where pytest would complain about
/// its cache, and mostly the project directly below that root, beside everything else.
void add_bare_arguments(Settings& settings, const std::string& project) {
    std::vector<std::string>& arguments = settings.arguments.everywhere;
    arguments.insert(arguments.begin(), {"-p", "no:cacheprovider"});
    if (settings.directory != "/") {
        return;
    }
    for (const std::string_view name :
         {"bin",    "boot",  "dev", "etc", "home", "lib",  "lib32", "lib64",
          "libx32", "media", "mnt", "nix", "opt",  "proc", "root",  "run",
          "sbin",   "srv",   "sys", "tmp", "usr",  "var"}) {
        if (!sys::fstatat(AT_FDCWD, fmt::format("{}/{}", project, name))) {
            arguments.push_back(fmt::format("--ignore=/{}", name));
        }
    }
}

/// Makes the client know all containers that have names, and the collector the one to collect in.
Settings define_containers(const Options& options, Setup& setup, client::Client& client) {
    Settings settings{.container = container_name,
                      .host_name = setup.project.host_name,
                      .directory = setup.directory,
                      .python = setup.python.executable,
                      .container_python = options.container_python,
                      .arguments = options.arguments,
                      .isolation = options.run.core.list ? Isolation::process : options.isolation,
                      .variables_left_outside = setup.project.variables_left_outside,
                      .output_limit = options.inline_limit};
    if (!setup.directives) {
        client.define(container_name, with_plugin(setup.project.container));
        return settings;
    }
    if (setup.directives->needs_host()) {
        client.define(std::string(job::host_name), setup.project.container);
    }
    for (const job::NamedContainer& named : setup.directives->containers()) {
        client.define(named.name, named.container);
    }
    // By what holds for all tests: which there are is not known yet.
    const runner::ChosenContainer& chosen =
        *setup.directives->resolve_in_general(filter::PytestSubject{}).container;
    client.define(chosen.name, with_plugin(chosen.container));
    settings.container = chosen.name;
    settings.host_name = false;  // the client knows which jobs are on the host
    settings.on_host = chosen.on_host;
    if (!chosen.working_directory.empty()) {
        settings.directory = chosen.working_directory;
    }
    if (!chosen.on_host) {
        add_bare_arguments(settings, setup.directory);
    }
    return settings;
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

ui::TerminalWishes terminal_wishes(const host::Variables& variables) {
    const auto value = [&](const char* name) -> std::string_view {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string_view() : std::string_view(found->second);
    };
    return {.no_color = value("NO_COLOR"),
            .clicolor = value("CLICOLOR"),
            .clicolor_force = value("CLICOLOR_FORCE"),
            .term = value("TERM")};
}

/// The session that an interrupt ends, if there is one at that moment.
using CurrentSession = util::Guarded<runner::Session*>;

Result<std::optional<history::Turn>> take_turn(const history::Place& place) {
    return history::Turn::take(
        place,
        [](const std::string& holder) {
            util::log::info("another run in this directory{} has not finished: waiting for it",
                            holder.empty() ? "" : fmt::format(" (process {})", holder));
        },
        [] { return runner::Interrupts::signal() != 0; });
}

/// What stays from one run to the next while files are watched.
struct Standing {
    const Options& options;
    const host::Variables& variables;
    ui::Output& output;
    std::unique_ptr<client::Client> client;  ///< started by the first run
    CurrentSession current{nullptr};
};

Result<int> run_session(Standing& standing, Setup& setup, history::History& history) {
    const Options& options = standing.options;
    const auto reporters = TRY(runner::make_reporters(options.run.reports, standing.output));
    if (standing.client == nullptr) {
        standing.client = TRY(start_client(options, setup.directory));
    } else {
        standing.client->look_again();
    }
    PytestCollector collector(define_containers(options, setup, *standing.client));
    const runner::Planner planner({.selection = setup.selection,
                                   .last_failed = runner::wants_last_failed(options.run, history),
                                   .retries = options.run.retries,
                                   .directives = setup.directives ? &*setup.directives : nullptr,
                                   .history = &history});
    runner::Session session({.program = "maelstrom-pytest",
                             .project = setup.project.root,
                             .core = options.run.core,
                             .timeout = options.run.timeout,
                             .planner = &planner,
                             .history = &history,
                             .capture_log = true},
                            collector, *standing.client, reporters);
    standing.current.with([&](runner::Session*& one) { one = &session; });
    if (runner::Interrupts::signal() != 0) {
        session.interrupt();
    }
    Result<int> code = session.run();
    standing.current.with([](runner::Session*& one) { one = nullptr; });
    return code;
}

Result<End> run_once(Standing& standing, Setup& setup) {
    const history::Place place(fmt::format("{}/{}", setup.directory, runner_directory));
    const bool list = standing.options.run.core.list;
    std::optional<history::Turn> turn;
    if (!list) {
        // Where the directory cannot be used the history says so.
        if (auto taken = take_turn(place); taken && !(turn = std::move(*taken))) {
            return End{.signal = runner::Interrupts::signal()};
        }
    }
    history::History history(place, list ? history::Keeping::read : history::Keeping::write);
    const int code = TRY(run_session(standing, setup, history));
    return End{.code = code, .signal = runner::Interrupts::signal()};
}

/// Everything is read anew, so whatever is wrong with it can be mended while this goes on.
Result<End> run_and_watch(Standing& standing, runner::Watcher& watcher) {
    for (;;) {
        Result<Setup> setup = prepare(standing.options, standing.variables);
        const Result<End> end = setup ? run_once(standing, *setup) : std::unexpected(setup.error());
        // Nobody reads any more, or a report has nowhere to go: that does not mend itself.
        if (!end && end.error().os_error() == EPIPE) {
            return std::unexpected(end.error());
        }
        if (!end) {
            util::log::error("{}", end.error().message());
        }
        std::optional<std::string> change;
        if (runner::Interrupts::signal() == 0) {
            standing.output.write("\nwaiting for changes; Ctrl-C ends\n");
            TRY(standing.output.status());
            change = watcher.wait();
        }
        if (!change) {
            return End{.signal = runner::Interrupts::signal()};
        }
        standing.output.write(
            fmt::format("\n{} changed\n", change->empty() ? "something" : *change));
    }
}

/// Of all that a run itself writes below the project.
std::vector<std::string> written_files(const Options& options, const std::string& directory) {
    std::vector<std::string> files{fmt::format("{}/{}", directory, runner_directory)};
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
    if (options.run.reports.junit) {
        add(options.run.reports.junit->path);
    }
    if (options.run.reports.events) {
        add(options.run.reports.events->path);
    }
    return files;
}

Result<End> init(ui::Output& output) {
    const std::string file = fmt::format("{}/{}", TRY(sys::current_directory()), metadata_file);
    const bool written = TRY(runner::write_starter(file, starter_text()));
    output.write(written ? fmt::format("wrote {}\n", file)
                         : fmt::format("{} is there already and stays as it is\n", file));
    TRY(output.status());
    return End{.code = written ? 0 : 1};
}

}  // namespace

Result<End> run(const Options& options, const config::Surroundings& surroundings) {
    const host::Variables variables(surroundings.variables.begin(), surroundings.variables.end());
    ui::StandardOutput output(terminal_wishes(variables),
                              options.run.reports.interface_descriptor());
    if (options.run.init) {
        return init(output);
    }
    Standing standing{.options = options, .variables = variables, .output = output};
    std::unique_ptr<runner::Watcher> watcher;
    if (options.run.watch) {
        // A filter of the command line does not mend itself.
        TRY(runner::selection_of(options.run, filter::Dialect::pytest));
        const std::string directory = TRY(sys::current_directory());
        const std::string root = find_root(host::Files(), directory, options.arguments.selection);
        watcher = TRY(runner::Watcher::start(
            {.rules = runner::WatchRules(root, written_files(options, directory))}));
    }
    const auto interrupts = TRY(runner::Interrupts::watch([&standing, &watcher] {
        standing.current.with([](runner::Session* session) {
            if (session != nullptr) {
                session->interrupt();
            }
        });
        if (watcher != nullptr) {
            watcher->interrupt();
        }
    }));
    if (watcher != nullptr) {
        return run_and_watch(standing, *watcher);
    }
    Setup setup = TRY(prepare(options, variables));
    if (options.list_project_files) {
        return list_project_files(setup.project, variables, output);
    }
    return run_once(standing, setup);
}

}  // namespace maelstrom::pytest
