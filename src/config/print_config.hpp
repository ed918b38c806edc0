#pragma once

#include "config/option.hpp"
#include "config/values.hpp"

#include <string>

namespace maelstrom::config {

/// All configuration values as a TOML file that could be used as it is, each line with its origin;
/// secrets masked.
std::string print_configuration(const Program& program, const Values& values);

}  // namespace maelstrom::config
