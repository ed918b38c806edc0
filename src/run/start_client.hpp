#pragma once

#include "client/client.hpp"
#include "config/surroundings.hpp"
#include "run/options.hpp"
#include "util/error.hpp"

#include <memory>

namespace maelstrom::run {

/// Makes the container `host` known to it, too.
util::Result<std::unique_ptr<client::Client>>
start_client(const Options& options, const config::Surroundings& surroundings);

}  // namespace maelstrom::run
