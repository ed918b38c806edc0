#pragma once

#include "config/option.hpp"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace maelstrom::config {

/// What was typed, unchecked but for its form.
struct CommandLine {
    /// By name of the option; a flag is "true" or "false". Those that are no list stand once.
    std::map<std::string, std::vector<std::string>, std::less<>> given;
    std::vector<std::string> positionals;  ///< all from the first one on, verbatim
    bool after_mark = false;               ///< `--` came before them
    /// The first thing that is wrong with it. What stood before it is in `given` all the same.
    std::optional<std::string> mistake;
};

CommandLine parse_command_line(std::span<const Option> options,
                               std::span<const std::string> arguments);

}  // namespace maelstrom::config
