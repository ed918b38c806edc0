#pragma once

#include "runner/case.hpp"
#include "util/error.hpp"

#include <span>
#include <string_view>

namespace maelstrom::runner {

/// The one case that a person means: by its whole name, by the end of it behind a `/`, `:`, `.` or
/// blank, or by the name of a part of it. The error says what else there is.
util::Result<const Case*> find_case(std::span<const Case> cases, std::string_view text);

}  // namespace maelstrom::runner
