#pragma once

#include "config/surroundings.hpp"
#include "host/host.hpp"
#include "job/spec.hpp"
#include "pytest/options.hpp"
#include "pytest/python.hpp"
#include "util/error.hpp"

#include <string>
#include <vector>

namespace maelstrom::pytest {

/// The container of a project without a metadata file: the host container, the interpreter with
/// what it imports, and the program that runs pytest.
struct ProjectContainer {
    job::Container container;
    bool host_name = false;
    std::string root;  ///< of the project, as pytest sees it
    /// Names of the caller's variables that jobs do not get, but for those that every shell sets.
    std::vector<std::string> variables_left_outside;
    std::vector<std::string> notes;  ///< sentences that the user should read once
};

/// `working_directory` is absolute.
ProjectContainer make_container(const Options& options,
                                const Python& python,
                                const std::string& working_directory,
                                const host::Variables& variables);

/// Which interpreter, for `find_python`.
PythonRequest python_request(const Options& options,
                             const std::string& working_directory,
                             const host::Variables& variables);

}  // namespace maelstrom::pytest
