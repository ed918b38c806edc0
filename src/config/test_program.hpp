#pragma once

#include "config/common.hpp"
#include "config/reader.hpp"

#include <string>
#include <utility>
#include <vector>

// A small program to try configuration on.

namespace maelstrom::config {

inline Surroundings quiet_surroundings(std::vector<std::string> arguments = {}) {
    Surroundings result;
    result.arguments = std::move(arguments);
    result.variables = {{"HOME", "/nowhere"}, {"XDG_CONFIG_DIRS", "/nowhere"}};
    result.home_in_user_database = [] { return std::optional<std::string>(); };
    result.cpus = 4;
    return result;
}

inline Program test_program(const Surroundings& surroundings) {
    Program program{.name = "maelstrom-try",
                    .id = Programs::run,
                    .variable_prefix = "MAELSTROM_RUN_",
                    .directories = {"run", "older-run"},
                    .summary = "Tries things.",
                    .usage = {"[OPTIONS] [-- WORDS…]"},
                    .positional = {},
                    .examples = {{"maelstrom-try --slots 1", "One thing at a time."}},
                    .options = common_options(Programs::run, surroundings),
                    .groups = {general_group, local_worker_group}};
    program.options.push_back({.name = "color", .help = "A colour.", .group = general_group});
    program.options.push_back(
        {.name = "fast", .kind = Kind::boolean, .help = "Be quick.", .group = general_group});
    program.options.push_back({.name = "project-exclude",
                               .kind = Kind::list,
                               .help = "What to leave out.",
                               .group = general_group});
    program.options.push_back({.name = "words",
                               .kind = Kind::list,
                               .help = "Words to pass on.",
                               .group = general_group,
                               .form = ListForm::trailing});
    return program;
}

}  // namespace maelstrom::config
