#pragma once

#include "host/host.hpp"
#include "pytest/options.hpp"
#include "pytest/python.hpp"
#include "runner/project_container.hpp"

#include <string>
#include <vector>

namespace maelstrom::pytest {

/// The directories that have to be in the container for this interpreter to work there.
std::vector<host::FurtherTree> python_trees(const Python& python);

/// The host container with the interpreter and what it imports. `working_directory` is absolute.
runner::ProjectContainer make_container(const Options& options,
                                        const Python& python,
                                        const std::string& working_directory,
                                        const host::Variables& variables);

/// Which interpreter, for `find_python`.
PythonRequest python_request(const Options& options,
                             const std::string& working_directory,
                             const host::Variables& variables);

}  // namespace maelstrom::pytest
