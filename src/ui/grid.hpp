#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::ui {

enum class Tint : std::uint8_t { plain, black, red, green, yellow, blue, magenta, cyan, white };

struct Style {
    Tint foreground = Tint::plain;
    Tint background = Tint::plain;
    bool bold = false;
    bool dim = false;
    bool operator==(const Style&) const = default;
};
/// The escape sequence that makes a terminal write in that style, whatever was set before.
std::string sgr(const Style& style);

/// One column of one row. A wide character has its text in the left one of its cells; the right one
/// is empty.
struct Cell {
    std::string text = " ";
    Style style;
    bool operator==(const Cell&) const = default;
};

/// A rectangle of a terminal as a value.
class Grid {
public:
    Grid(std::size_t rows, std::size_t columns)
        : rows_(rows), columns_(columns), cells_(rows * columns) {}

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    const Cell& at(std::size_t row, std::size_t column) const {
        return cells_[row * columns_ + column];
    }
    /// From there on, at most `room` columns of it and never beyond the edge. A wide character that
    /// does not fit as a whole is left out, control characters always. Returns the columns taken.
    /// Places outside are ignored.
    std::size_t put(std::size_t row,
                    std::size_t column,
                    std::string_view text,
                    const Style& style = {},
                    std::size_t room = SIZE_MAX);
    /// The row's text without blanks at its end.
    std::string text(std::size_t row) const;

    bool operator==(const Grid&) const = default;

private:
    /// Its other half, should the cell hold a half of a wide character, becomes a blank.
    void separate(std::size_t row, std::size_t column);
    Cell& cell(std::size_t row, std::size_t column) { return cells_[row * columns_ + column]; }

    std::size_t rows_;
    std::size_t columns_;
    std::vector<Cell> cells_;
};

}  // namespace maelstrom::ui
