#pragma once

#include "runner/case.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace maelstrom::pytest {

struct HintContext {
    std::string python;  ///< the interpreter, for messages
    /// Names of the caller's variables that tests do not get.
    std::span<const std::string> variables_left_outside;
};

/// What could be done about a failure with that text.
std::optional<runner::Hint> failure_hint(std::string_view text, const HintContext& context);

}  // namespace maelstrom::pytest
