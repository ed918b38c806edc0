#include "util/colour.hpp"

namespace maelstrom::util {

bool wants_colour(const TerminalWishes& wishes, bool is_terminal) {
    if (!wishes.no_color.empty()) {
        return false;
    }
    if (!wishes.clicolor_force.empty() && wishes.clicolor_force != "0") {
        return true;
    }
    return is_terminal && wishes.clicolor != "0";
}

bool moves_cursor(std::string_view term) {
    return !term.empty() && term != "dumb" && term != "unknown";
}

}  // namespace maelstrom::util
