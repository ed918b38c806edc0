#pragma once

#include "config/option.hpp"

#include <span>
#include <string>
#include <vector>

namespace maelstrom::config {

/// A command line in two parts.
struct Parted {
    std::vector<std::string> options;      ///< to be parsed
    std::vector<std::string> positionals;  ///< known to be some; empty: those among `options` are
    bool after_mark = false;  ///< `--` came before the positionals, and is in neither part
};

/// Takes a program's options out from between its positionals, if they may stand there (see
/// `Positional`). What comes after `--` stays as it is.
Parted part(const Program& program, std::span<const std::string> arguments);

}  // namespace maelstrom::config
