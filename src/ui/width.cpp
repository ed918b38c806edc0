#include "ui/width.hpp"

#include "util/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace maelstrom::ui {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

#include "ui/width_table.inc"

bool is_in(const Range* begin, const Range* end, char32_t code) {
    const Range* after =
        std::upper_bound(begin, end, code, [](char32_t c, const Range& r) { return c < r.first; });
    return after != begin && code <= std::prev(after)->last;
}

struct Character {
    std::size_t bytes = 1;
    std::size_t columns = 1;
    char32_t code = 0;
};

std::size_t columns_of(char32_t code) {
    if (code < 0x20 || (code >= 0x7F && code < 0xA0)) {
        return 0;
    }
    if (code < 0x300) {
        return 1;
    }
    if (is_in(std::begin(no_column), std::end(no_column), code)) {
        return 0;
    }
    return is_in(std::begin(two_columns), std::end(two_columns), code) ? 2 : 1;
}

/// The first character of non-empty UTF-8 text. A stray byte counts as one character of one column.
Character first_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) {
        return {.bytes = 1, .columns = columns_of(lead), .code = lead};
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    if (length == 1 || text.size() < length) {
        return {};
    }
    char32_t code = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    return {.bytes = length, .columns = columns_of(code), .code = code};
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const Character character = first_character(text);
        columns += character.columns;
        text.remove_prefix(character.bytes);
    }
    return columns;
}

Glyph first_glyph(std::string_view text) {
    const Character first = first_character(text);
    std::size_t end = first.bytes;
    while (first.columns > 0 && end < text.size()) {
        const Character next = first_character(text.substr(end));
        if (next.columns > 0 || next.code < 0x300) {
            break;
        }
        end += next.bytes;
    }
    return {.text = text.substr(0, end), .columns = first.columns};
}

std::string_view last_columns(std::string_view text, std::size_t columns) {
    std::size_t width = display_width(text);
    bool cut = false;
    while (!text.empty()) {
        const Character character = first_character(text);
        // A mark whose character has been cut off would combine with whatever stands before.
        if (width <= columns && !(cut && character.columns == 0)) {
            break;
        }
        width -= character.columns;
        text.remove_prefix(character.bytes);
        cut = true;
    }
    return text;
}

std::string_view first_columns(std::string_view text, std::size_t columns) {
    std::size_t width = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        const Character character = first_character(text.substr(end));
        if (width + character.columns > columns) {
            break;
        }
        width += character.columns;
        end += character.bytes;
    }
    return text.substr(0, end);
}

std::string printable(std::string_view text) {
    const std::string clean = util::to_utf8(text);
    std::string result;
    result.reserve(clean.size());
    for (std::string_view rest = clean; !rest.empty();) {
        const Character character = first_character(rest);
        if (character.code == U'\n') {
            result += "\\n";
        } else if (character.code == U'\t') {
            result += "\\t";
        } else if (character.code == U'\r') {
            result += "\\r";
        } else if (character.code < 0x20 || (character.code >= 0x7F && character.code < 0xA0)) {
            result += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(character.code));
        } else {
            result += rest.substr(0, character.bytes);
        }
        rest.remove_prefix(character.bytes);
    }
    return result;
}

}  // namespace maelstrom::ui
