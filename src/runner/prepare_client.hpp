#pragma once

#include "client/client.hpp"
#include "runner/job_defaults.hpp"
#include "runner/options.hpp"
#include "runner/setup.hpp"
#include "runner/standing.hpp"
#include "util/error.hpp"

#include <memory>
#include <string>

namespace maelstrom::runner {

util::Result<std::unique_ptr<client::Client>> start_client(const MachineOptions& options,
                                                           const std::string& directory);

/// Makes the client know all containers that have names, the one to collect in included.
JobDefaults define_containers(const Standing& standing, Setup& setup);

}  // namespace maelstrom::runner
