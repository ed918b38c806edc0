#pragma once

#include "config/surroundings.hpp"
#include "host/host.hpp"
#include "job/spec.hpp"
#include "layer/project.hpp"
#include "run/options.hpp"
#include "util/error.hpp"

#include <string>
#include <vector>

namespace maelstrom::run {

enum class Terminal { no, yes };

/// The built-in container `host`, from where this process stands. Tells the user what he should
/// know about it.
util::Result<job::Container>
make_host(const HostOptions& options, const config::Surroundings& surroundings, Terminal terminal);

/// A program and its arguments as a job in that container.
util::Result<job::Job> host_job(const Options& options, const config::Surroundings& surroundings);

/// Says once that a snapshot of the project is costly, and how to make it smaller.
void warn_if_large(const layer::ProjectSummary& project);

/// The paths that the project's snapshot would hold (`--list-project-files`).
util::Result<std::vector<std::string>> project_files(const HostOptions& options,
                                                     const config::Surroundings& surroundings);

}  // namespace maelstrom::run
