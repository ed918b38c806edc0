#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::ui {

/// Text of others as lines for a terminal of that many columns: cut where they are too long,
/// leading blanks kept, tabs as blanks, each character whole. Colours survive if wanted, on every
/// piece of a line; all other control sequences are left out, other control characters are written
/// as "\x07".
std::vector<std::string> wrapped(std::string_view text, std::size_t columns, bool colour);

}  // namespace maelstrom::ui
