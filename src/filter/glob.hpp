#pragma once

#include "filter/pattern.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace maelstrom::filter {

/// The regular expression, anchored at both ends, that matches what the glob matches. Globs here
/// are about text, not paths: `?` and `*` cross slashes. Only `**` as a whole component looks at
/// them.
std::expected<std::string, PatternError> regular_expression_of_glob(std::string_view glob);

}  // namespace maelstrom::filter
