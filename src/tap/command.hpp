#pragma once

#include <string>
#include <vector>

namespace maelstrom::tap {

struct Settings;

/// What runs a program. As prove does it: a file that cannot be executed is run by what its first
/// line names, else perl.
std::vector<std::string> command_of(const Settings& settings, const std::string& program);

}  // namespace maelstrom::tap
