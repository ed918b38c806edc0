#include "pytest/run.hpp"

#include "client/client.hpp"
#include "layer/project.hpp"
#include "pytest/container.hpp"
#include "pytest/python.hpp"
#include "runner/interrupts.hpp"
#include "runner/session.hpp"
#include "store/store.hpp"
#include "sys/file.hpp"
#include "ui/output.hpp"
#include "util/log.hpp"

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <utility>

namespace maelstrom::pytest {

using util::Result;

namespace {

constexpr const char* container_name = "pytest";

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

Result<std::unique_ptr<client::Client>>
start_client(const Options& options, const std::string& directory, ProjectContainer& project) {
    std::unique_ptr<client::Client> client =
        TRY(client::Client::start({.project_directory = directory,
                                   .store_directory = store_directory(options),
                                   .cache_size = options.cache_size,
                                   .slots = options.slots,
                                   .inline_limit = options.inline_limit,
                                   .on_project = warn_if_large}));
    client->define(container_name, std::move(project.container));
    return client;
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

Result<End> run_session(const Options& options,
                        const std::string& directory,
                        ProjectContainer& project,
                        const Python& python,
                        const runner::Planner& planner,
                        history::History& history,
                        ui::Output& output) {
    const auto reporters = TRY(runner::make_reporters(options.run.reports, output));
    const std::unique_ptr<client::Client> client = TRY(start_client(options, directory, project));
    PytestCollector collector(
        {.container = container_name,
         .host_name = project.host_name,
         .directory = directory,
         .python = python.executable,
         .arguments = options.arguments,
         .isolation = options.run.core.list ? Isolation::process : options.isolation,
         .variables_left_outside = project.variables_left_outside,
         .output_limit = options.inline_limit});
    runner::Session session({.program = "maelstrom-pytest",
                             .project = project.root,
                             .core = options.run.core,
                             .timeout = options.run.timeout,
                             .planner = &planner,
                             .history = &history,
                             .capture_log = true},
                            collector, *client, reporters);
    const auto interrupts = TRY(runner::Interrupts::watch([&session] { session.interrupt(); }));
    const int code = TRY(session.run());
    return End{.code = code, .signal = runner::Interrupts::signal()};
}

}  // namespace

Result<End> run(const Options& options, const config::Surroundings& surroundings) {
    const filter::Selection selection =
        TRY(runner::selection_of(options.run, filter::Dialect::pytest));
    const host::Variables variables(surroundings.variables.begin(), surroundings.variables.end());
    const std::string directory = TRY(sys::current_directory());
    const Python python = TRY(find_interpreter(options, directory, variables));
    ProjectContainer project = make_container(options, python, directory, variables);
    for (const std::string& note : project.notes) {
        util::log::info("{}", note);
    }
    ui::StandardOutput output(terminal_wishes(variables),
                              options.run.reports.interface_descriptor());
    if (options.list_project_files) {
        return list_project_files(project, variables, output);
    }
    history::History history(history::Place(directory + "/.maelstrom-pytest"),
                             options.run.core.list ? history::Keeping::read
                                                   : history::Keeping::write);
    const runner::Planner planner({.selection = selection,
                                   .last_failed = runner::wants_last_failed(options.run, history),
                                   .history = &history});
    return run_session(options, directory, project, python, planner, history, output);
}

}  // namespace maelstrom::pytest
