#pragma once

#include "util/error.hpp"
#include "util/value.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace maelstrom::filter {

/// Line and column, in characters, of a byte in `text`.
util::Position position_of(std::string_view text, std::size_t offset);

/// "line 1, column 6: <message>", and below it the line with a caret under the place.
std::unexpected<util::Error>
complain(std::string_view text, std::size_t offset, std::string_view message);

}  // namespace maelstrom::filter
