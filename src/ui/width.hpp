#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace maelstrom::ui {

// Columns on a terminal, not bytes or code points: East-Asian wide characters and emoji take two,
// combining marks and format characters none. Text must be UTF-8; control characters count as
// nothing.

std::size_t display_width(std::string_view text);

/// A character with the marks that combine with it.
struct Glyph {
    std::string_view text;
    std::size_t columns = 0;
};
/// The first one of non-empty text. A control character is a glyph without columns.
Glyph first_glyph(std::string_view text);

/// The longest end of `text` that is at most `columns` wide, beginning with a character that has a
/// column.
std::string_view last_columns(std::string_view text, std::size_t columns);
/// The longest beginning that is at most `columns` wide, with the marks that combine with its last
/// character.
std::string_view first_columns(std::string_view text, std::size_t columns);

/// Safe to print on one line: invalid UTF-8 replaced, control characters written as "\x1b", "\n" as
/// "\\n".
std::string printable(std::string_view text);

}  // namespace maelstrom::ui
