#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::config {

/// Environment variables, any bytes.
using Variables = std::map<std::string, std::string, std::less<>>;

/// All that configuration depends on besides the files: what the process was given, and the
/// terminals it writes to. Nobody else reads the environment.
struct Surroundings {
    std::vector<std::string> arguments;  ///< without the program's name
    Variables variables;
    std::function<std::optional<std::string>()> home_in_user_database;
    unsigned cpus = 1;
    unsigned width = 80;  ///< of standard output
    bool colour_output = false;
    bool colour_errors = false;

    static Surroundings of_process(int argc, char** argv);

    /// See util::wants_colour.
    bool wants_colour(bool is_terminal) const;
    /// The value of a variable; an empty one counts as unset.
    std::optional<std::string> variable(std::string_view name) const;
};

}  // namespace maelstrom::config
