#pragma once

#include "config/option.hpp"

#include <string>
#include <string_view>

namespace maelstrom::config {

/// A script that teaches a shell ("bash", "zsh" or "fish") the options of a program.
std::string completion(const Program& program, std::string_view shell);

}  // namespace maelstrom::config
