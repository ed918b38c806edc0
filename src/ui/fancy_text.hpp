#pragma once

#include "ui/event.hpp"
#include "ui/text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// The scrolling lines of the fancy interface, without newlines.

namespace maelstrom::ui {

/// "name                  OK         0.012s", as wide as the terminal.
std::string finished_row(const CaseFinished& finished, std::size_t columns, const Painter& paint);
std::string attempt_row(const AttemptFailed& attempt, std::size_t columns, const Painter& paint);

std::string centred(std::string_view text, std::size_t columns, const Painter& paint);

}  // namespace maelstrom::ui
