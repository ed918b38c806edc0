#pragma once

#include "config/option.hpp"
#include "config/surroundings.hpp"
#include "config/values.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace maelstrom::config {

/// Both names of an option's variable, the specific one first: MAELSTROM_RUN_SLOTS,
/// MAELSTROM_SLOTS.
std::pair<std::string, std::string> variable_names(const Program& program, const Option& option);

/// What the environment says about an option, if anything.
util::Result<std::optional<std::pair<OptionValue, Origin>>>
from_variables(const Program& program, const Option& option, const Surroundings& surroundings);

/// A sentence for every variable that was probably meant for this program but is none of its own.
std::vector<std::string> misspelt_variables(const Program& program,
                                            const Surroundings& surroundings);

}  // namespace maelstrom::config
