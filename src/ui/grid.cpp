#include "ui/grid.hpp"

#include "ui/width.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::ui {

namespace {

/// "black" is 0 in the terminal's numbering.
int colour_number(Tint tint) {
    return static_cast<int>(tint) - static_cast<int>(Tint::black);
}

}  // namespace

std::string sgr(const Style& style) {
    std::string codes = "0";
    codes += style.bold ? ";1" : "";
    codes += style.dim ? ";2" : "";
    if (style.foreground != Tint::plain) {
        codes += fmt::format(";{}", 30 + colour_number(style.foreground));
    }
    if (style.background != Tint::plain) {
        codes += fmt::format(";{}", 40 + colour_number(style.background));
    }
    return fmt::format("\x1b[{}m", codes);
}

std::size_t Grid::put(std::size_t row,
                      std::size_t column,
                      std::string_view text,
                      const Style& style,
                      std::size_t room) {
    if (row >= rows_ || column >= columns_) {
        return 0;
    }
    const std::size_t end = std::min(columns_ - column, room) + column;
    std::size_t at = column;
    while (!text.empty()) {
        const Glyph glyph = first_glyph(text);
        text.remove_prefix(glyph.text.size());
        if (glyph.columns == 0) {
            continue;
        }
        if (at + glyph.columns > end) {
            break;
        }
        for (std::size_t i = 0; i < glyph.columns; ++i) {
            separate(row, at + i);
            cell(row, at + i) = {.text = i == 0 ? std::string(glyph.text) : "", .style = style};
        }
        at += glyph.columns;
    }
    return at - column;
}

std::string Grid::text(std::size_t row) const {
    std::string line;
    for (std::size_t column = 0; column < columns_; ++column) {
        line += at(row, column).text;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

void Grid::separate(std::size_t row, std::size_t column) {
    if (cell(row, column).text.empty() && column > 0) {
        cell(row, column - 1).text = " ";
    }
    if (column + 1 < columns_ && at(row, column + 1).text.empty()) {
        cell(row, column + 1).text = " ";
    }
}

}  // namespace maelstrom::ui
