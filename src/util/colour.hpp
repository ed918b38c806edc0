#pragma once

#include <string_view>

namespace maelstrom::util {

/// What the environment says about the terminal (TERM) and about colour (no-color.org,
/// bixense.com/clicolors); empty values count as unset.
struct TerminalWishes {
    std::string_view no_color;
    std::string_view clicolor;
    std::string_view clicolor_force;
    std::string_view term;
};

bool wants_colour(const TerminalWishes& wishes, bool is_terminal);

/// Whether a terminal of that name can move its cursor.
bool moves_cursor(std::string_view term);

}  // namespace maelstrom::util
