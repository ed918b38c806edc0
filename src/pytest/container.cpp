#include "pytest/container.hpp"

#include "pytest/root.hpp"

namespace maelstrom::pytest {

namespace {

/// What to show of an installation: mostly all of it. Homebrew's interpreter needs libraries of
/// packages beside its own prefix; ~/.local holds much else besides programs, keys for instance.
std::vector<std::string> parts_of(const std::string& prefix) {
    constexpr std::string_view homebrew = "/.linuxbrew/";
    if (const std::size_t found = prefix.find(homebrew); found != std::string::npos) {
        return {prefix.substr(0, found + homebrew.size() - 1)};
    }
    if (prefix.ends_with("/.local")) {
        return {prefix + "/bin", prefix + "/lib", prefix + "/lib64", prefix + "/include"};
    }
    return {prefix};
}

/// Variables that Python programs get besides the usual ones, and what is set for them.
host::EnvironmentRequest python_environment() {
    return {.pass = {"VIRTUAL_ENV", "CONDA_PREFIX", "PYTHON*", "PYTEST_*", "COVERAGE_*",
                     "HYPOTHESIS_*", "DJANGO_SETTINGS_MODULE"},
            .set = {{"PYTHONDONTWRITEBYTECODE", "1"}}};
}

}  // namespace

std::vector<host::FurtherTree> python_trees(const Python& python) {
    using enum host::FurtherTree::Kind;
    std::vector<host::FurtherTree> trees;
    for (const std::string& prefix : python.prefixes) {
        for (std::string& part : parts_of(prefix)) {
            trees.push_back({.path = std::move(part), .kind = environment});
        }
    }
    for (const std::string& directory : python.site_directories) {
        trees.push_back({.path = directory, .kind = environment});
    }
    if (!python.user_scripts.empty()) {
        trees.push_back({.path = python.user_scripts, .kind = environment});
    }
    for (const std::string& directory : python.path) {
        trees.push_back({.path = directory, .kind = source});
    }
    for (const std::string& directory : python.editable) {
        trees.push_back({.path = directory, .kind = source});
    }
    // For the links on the way: the file itself lies in one of the prefixes.
    trees.push_back({.path = python.executable, .kind = environment});
    return trees;
}

PythonRequest python_request(const Options& options,
                             const std::string& working_directory,
                             const host::Variables& variables) {
    return {
        .python = options.python, .variables = variables, .working_directory = working_directory};
}

runner::ProjectContainer make_container(const Options& options,
                                        const Python& python,
                                        const std::string& working_directory,
                                        const host::Variables& variables) {
    const host::Files files;
    return runner::make_project_container(
        options.run.host, working_directory, variables,
        {.root = find_root(files, working_directory, options.arguments.selection),
         .environment = python_environment(),
         .further_trees = python_trees(python)});
}

}  // namespace maelstrom::pytest
