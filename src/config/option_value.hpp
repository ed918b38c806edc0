#pragma once

#include "config/option.hpp"
#include "util/bytes.hpp"
#include "util/error.hpp"
#include "util/log.hpp"
#include "util/value.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace maelstrom::config {

/// A checked value. Texts, paths, addresses and choices are strings; numbers and slots integers.
using OptionValue = std::variant<bool,
                                 std::uint64_t,
                                 util::Bytes,
                                 util::log::Level,
                                 char,
                                 std::string,
                                 std::vector<std::string>>;

/// One text for a value that is not a list: from the command line, a variable or the table itself.
util::Result<OptionValue> parse_option_value(const Option& option, std::string_view text);
/// What a configuration file says.
util::Result<OptionValue> option_value_from(const Option& option, const util::Value& value);

/// As TOML that `option_value_from` reads back.
std::string to_toml(const OptionValue& value);

}  // namespace maelstrom::config
