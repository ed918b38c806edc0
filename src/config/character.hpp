#pragma once

#include "util/error.hpp"

#include <string>
#include <string_view>

namespace maelstrom::config {

/// "~", "^]", "\t", "\x1d": one ASCII character as people write it.
util::Result<char> parse_character(std::string_view text);

/// Control characters in caret notation, others as themselves.
std::string show_character(char character);

}  // namespace maelstrom::config
