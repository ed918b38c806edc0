#include "pytest/container.hpp"

#include "pytest/root.hpp"

namespace maelstrom::pytest {

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
