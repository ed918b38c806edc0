#include "runner/project_container.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace maelstrom::runner {

namespace {

std::string home_of(const host::HostRequest& request) {
    const auto found = request.variables.find("HOME");
    const bool given = found != request.variables.end() && found->second.starts_with('/');
    return given ? found->second : request.caller.home;
}

/// A program that names one of these rarely means the variable.
bool is_of_shells(std::string_view name) {
    constexpr std::array names{"_", "PWD", "OLDPWD", "SHLVL", "TERM", "LS_COLORS", "MAIL"};
    return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> left_outside(const host::Variables& outside,
                                      const host::Variables& inside) {
    std::vector<std::string> names;
    for (const auto& [name, value] : outside) {
        if (!inside.contains(name) && !is_of_shells(name)) {
            names.push_back(name);
        }
    }
    return names;
}

}  // namespace

ProjectContainer make_project_container(const HostOptions& options,
                                        const std::string& working_directory,
                                        const host::Variables& variables,
                                        ProjectRequest wanted) {
    const host::Files files;
    host::HostRequest request;
    request.variables = variables;
    request.caller = host::find_caller(files, variables);
    request.working_directory = working_directory;
    request.project = host::given_project(files, wanted.root, home_of(request));
    if (!request.project.root) {
        // Configuration above a place that cannot be taken along as a whole, such as the home
        // directory.
        request.project = host::given_project(files, working_directory, home_of(request));
    }
    request.project_exclude = options.project_exclude;
    request.project_include = options.project_include;
    request.base = options.base;
    request.read_only = options.read_only;
    request.environment = std::move(wanted.environment);
    request.environment.has_terminal = options.terminal;
    request.environment.pass.insert(request.environment.pass.end(), options.pass_env.begin(),
                                    options.pass_env.end());
    request.further_trees = std::move(wanted.further_trees);
    host::HostContainer made = host::host_container(files, request);
    if (!request.project.root) {
        made.notes.push_back("no project here: " + request.project.reason);
    }
    return {.container = std::move(made.container),
            .host_name = made.host_name,
            .root = std::move(wanted.root),
            .variables_left_outside = left_outside(variables, made.variables),
            .notes = std::move(made.notes)};
}

}  // namespace maelstrom::runner
