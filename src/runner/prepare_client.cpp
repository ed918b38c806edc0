#include "runner/prepare_client.hpp"

#include "layer/project.hpp"
#include "util/log.hpp"

namespace maelstrom::runner {

using util::Result;

namespace {

void warn_if_large(const layer::ProjectSummary& project) {
    if (!project.is_large()) {
        return;
    }
    util::log::warning(
        "the project {} is large: {} files, {}; largest: {}. --project-exclude GLOB leaves out "
        "what no test needs",
        project.root, project.files, project.size.to_string(), project.largest_text());
}

}  // namespace

Result<std::unique_ptr<client::Client>> start_client(const MachineOptions& options,
                                                     const std::string& directory) {
    return client::Client::start({.project_directory = directory,
                                  .store_directory = options.store_directory(),
                                  .cache_size = options.cache_size,
                                  .slots = options.slots,
                                  .inline_limit = options.inline_limit,
                                  .kill_grace = options.kill_grace,
                                  .on_project = warn_if_large});
}

JobDefaults define_containers(const Standing& standing, Setup& setup) {
    client::Client& client = *standing.client;
    const Framework& framework = standing.framework;
    JobDefaults defaults{.project = setup.directory,
                         .container = standing.identity().program,
                         .host_name = setup.project.host_name,
                         .directory = setup.directory,
                         .variables_left_outside = setup.project.variables_left_outside,
                         .output_limit = standing.options.machine.inline_limit,
                         .list = standing.options.core.list};
    if (!setup.directives) {
        client.define(defaults.container, framework.equip(setup.project.container));
        return defaults;
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
    defaults.container = chosen.name;
    defaults.host_name = false;  // the client knows which jobs are on the host
    defaults.on_host = chosen.on_host;
    if (!chosen.working_directory.empty()) {
        defaults.directory = chosen.working_directory;
    }
    return defaults;
}

}  // namespace maelstrom::runner
