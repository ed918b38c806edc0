#pragma once

#include "host/host.hpp"
#include "job/spec.hpp"
#include "runner/host_options.hpp"

#include <string>
#include <vector>

namespace maelstrom::runner {

/// The container of a project without a metadata file: the host container, and what a framework's
/// tests need besides. In a metadata file it is called `host`.
struct ProjectContainer {
    job::Container container;
    bool host_name = false;
    std::string root;  ///< of the project, as the framework sees it
    /// Names of the caller's variables that jobs do not get, but for those that every shell sets.
    std::vector<std::string> variables_left_outside;
    std::vector<std::string> notes;  ///< sentences that the user should read once
};

/// What a framework wants of it.
struct ProjectRequest {
    std::string root;
    host::EnvironmentRequest environment;  ///< besides what the options say
    std::vector<host::FurtherTree> further_trees;
};

/// `working_directory` is absolute; it is the project where `root` cannot be taken along.
ProjectContainer make_project_container(const HostOptions& options,
                                        const std::string& working_directory,
                                        const host::Variables& variables,
                                        ProjectRequest wanted);

}  // namespace maelstrom::runner
