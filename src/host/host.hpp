#pragma once

#include "host/caller.hpp"
#include "host/environment.hpp"
#include "host/layout.hpp"
#include "host/project.hpp"
#include "job/spec.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace maelstrom::host {

/// What a container without a file is made of (`--base`).
enum class Base {
    host,  ///< the host's system directories
    none,  ///< nothing: for those who want a test to declare all that it uses
};

/// All that the host container depends on. Nothing is read from the process: programs pass in what
/// `find_caller` and `find_project` say.
struct HostRequest {
    Caller caller;
    Variables variables;            ///< the caller's, all of them
    std::string working_directory;  ///< absolute
    Project project;
    std::vector<std::string> project_exclude;  ///< globs relative to the project
    std::vector<std::string> project_include;
    Base base = Base::host;
    bool read_only = false;  ///< no private writable root (`--read-only`)
    /// What is passed and set of the variables. What VIRTUAL_ENV and CONDA_PREFIX name is taken
    /// along, see host/environment_trees.
    EnvironmentRequest environment;
    std::vector<FurtherTree>
        further_trees;  ///< interpreters, environments, code outside the project
};

struct HostContainer {
    /// Complete: no parent, every field set. Its environment holds `variables`, written so that
    /// expansion gives them back.
    job::Container container;
    Variables variables;  ///< what a job sees
    std::optional<std::string> project;
    bool host_name = true;  ///< jobs show the host's own name (`job::Environment::host_name`)
    std::vector<std::string> notes;  ///< sentences that the user should read once
};

/// The container of a project that has no metadata file (docs/manual/host-container.md). Takes a
/// few milliseconds: directories are named, not read, and the project is not looked at.
HostContainer host_container(const Files& files, const HostRequest& request);

}  // namespace maelstrom::host
