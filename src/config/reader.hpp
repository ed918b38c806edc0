#pragma once

#include "config/option.hpp"
#include "config/surroundings.hpp"
#include "config/values.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

// From what the user said to the values that hold: command line, then the program's variables, then
// the generic ones, then files, then defaults. The first that says something wins, lists included.

namespace maelstrom::config {

/// What holds for this run.
struct Configuration {
    Values values;
    std::vector<std::string> positionals;
    bool after_mark = false;            ///< `--` came before them
    std::vector<std::string> warnings;  ///< for the log, once its level is set
};

/// The program ends here: something was asked to be printed, or is wrong.
struct Ending {
    int status = 0;
    std::string output;
    std::string errors;
};

std::variant<Configuration, Ending> read(const Program& program, const Surroundings& surroundings);

/// The end of a call that makes no sense: message, short usage, pointer to the help; status 2.
Ending
usage_error(const Program& program, const Surroundings& surroundings, std::string_view message);
/// The end of a program that cannot start: "Error: …", status 1.
Ending start_error(const Surroundings& surroundings, std::string_view message);

/// Writes the ending's texts and returns its status, or 1 when they cannot be written.
int finish(const Ending& ending);

}  // namespace maelstrom::config
