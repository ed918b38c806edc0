#include "run/host_job.hpp"

#include "sys/file.hpp"
#include "util/log.hpp"

#include <climits>

#include <unistd.h>

#include <array>

namespace maelstrom::run {

using util::ErrorKind;
using util::Result;

namespace {

std::string home_of(const host::HostRequest& request) {
    const auto found = request.variables.find("HOME");
    const bool given = found != request.variables.end() && found->second.starts_with('/');
    return given ? found->second : request.caller.home;
}

Result<host::HostRequest> request_for(const host::Files& files,
                                      const HostOptions& options,
                                      const config::Surroundings& surroundings,
                                      Terminal terminal) {
    host::HostRequest request;
    request.variables = {surroundings.variables.begin(), surroundings.variables.end()};
    request.caller = host::find_caller(files, request.variables);
    request.working_directory = TRY(sys::current_directory());
    request.project = host::find_project(files, request.working_directory, home_of(request));
    request.project_exclude = options.project_exclude;
    request.project_include = options.project_include;
    request.base = options.base;
    request.read_only = options.read_only;
    request.environment.pass = options.pass_env;
    request.environment.has_terminal = terminal == Terminal::yes;
    return request;
}

}  // namespace

Result<job::Container>
make_host(const HostOptions& options, const config::Surroundings& surroundings, Terminal terminal) {
    const host::Files files;
    const host::HostRequest request = TRY(request_for(files, options, surroundings, terminal));
    host::HostContainer made = host::host_container(files, request);
    for (const std::string& note : made.notes) {
        util::log::info("{}", note);
    }
    return std::move(made.container);
}

Result<job::Job> host_job(const Options& options, const config::Surroundings& surroundings) {
    const Terminal terminal = options.mode == Mode::terminal ? Terminal::yes : Terminal::no;
    job::Job job;
    job.container = TRY(make_host(options.host, surroundings, terminal));
    job.container.network = options.host.network;
    job.program = options.command.front();
    job.arguments.assign(options.command.begin() + 1, options.command.end());
    job.timeout = options.host.timeout;
    return job;
}

void warn_if_large(const layer::ProjectSummary& project) {
    if (!project.is_large()) {
        return;
    }
    std::string exclude;
    for (const layer::ProjectSummary::Part& part : project.largest) {
        exclude += fmt::format(" --project-exclude='{}/**'", part.directory);
    }
    util::log::warning(
        "the project {} is large: {} files, {}; largest: {}. What a job does not need "
        "is left out by{}",
        project.root, project.files, project.size.to_string(), project.largest_text(), exclude);
}

Result<std::vector<std::string>> project_files(const HostOptions& options,
                                               const config::Surroundings& surroundings) {
    const host::Files files;
    const host::HostRequest request = TRY(request_for(files, options, surroundings, Terminal::no));
    if (!request.project.root) {
        return util::fail(ErrorKind::not_found, "no project here: {}", request.project.reason);
    }
    const host::HostContainer made = host::host_container(files, request);
    for (const job::Layer& layer : made.container.layers) {
        if (const auto* project = std::get_if<job::ProjectLayer>(&layer)) {
            return layer::list_project_files(*project, home_of(request));
        }
    }
    return util::fail(ErrorKind::not_found, "no project here");
}

}  // namespace maelstrom::run
