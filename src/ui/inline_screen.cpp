#include "ui/inline_screen.hpp"

#include <fmt/format.h>

namespace maelstrom::ui {

namespace {

// "Synchronized output": terminals that know it show nothing half-drawn, others ignore it.
constexpr std::string_view begin_update = "\x1b[?2026h";
constexpr std::string_view end_update = "\x1b[?2026l";
constexpr std::string_view erase_from_here = "\r\x1b[0m\x1b[J";

bool is_blank(const Cell& cell) {
    return cell == Cell{};
}

/// Appends cells of a row, switching styles only where they change.
void append_cells(std::string& out,
                  const Grid& grid,
                  std::size_t row,
                  std::size_t begin,
                  std::size_t end) {
    Style style;
    for (std::size_t column = begin; column < end; ++column) {
        const Cell& cell = grid.at(row, column);
        if (cell.style != style) {
            style = cell.style;
            out += sgr(style);
        }
        out += cell.text;
    }
    if (style != Style{}) {
        out += sgr({});
    }
}

std::string lines_of(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) {
        out += line;
        out += "\r\n";
    }
    return out;
}

std::string whole_frame(const std::vector<std::string>& scrolled, const Grid& next) {
    std::string out(erase_from_here);
    out += lines_of(scrolled);
    for (std::size_t row = 0; row < next.rows(); ++row) {
        std::size_t end = next.columns();
        while (end > 0 && is_blank(next.at(row, end - 1))) {
            --end;
        }
        out += row > 0 ? "\r\n" : "";
        append_cells(out, next, row, 0, end);
    }
    out += "\r";
    if (next.rows() > 1) {
        out += fmt::format("\x1b[{}A", next.rows() - 1);
    }
    return out;
}

/// Where the differing cells of a row begin and end; equal if there are none.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};
Span difference(const Grid& shown, const Grid& next, std::size_t row) {
    Span span{.begin = 0, .end = next.columns()};
    while (span.begin < span.end && shown.at(row, span.begin) == next.at(row, span.begin)) {
        ++span.begin;
    }
    while (span.end > span.begin && shown.at(row, span.end - 1) == next.at(row, span.end - 1)) {
        --span.end;
    }
    if (span.begin < span.end) {
        // Halves of wide characters are written with their other half.
        const auto is_half = [&](std::size_t column) {
            return shown.at(row, column).text.empty() || next.at(row, column).text.empty();
        };
        while (span.begin > 0 && is_half(span.begin)) {
            --span.begin;
        }
        while (span.end < next.columns() && is_half(span.end)) {
            ++span.end;
        }
    }
    return span;
}

std::string changes(const Grid& shown, const Grid& next) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t row = 0; row < next.rows(); ++row) {
        const Span span = difference(shown, next, row);
        if (span.begin == span.end) {
            continue;
        }
        if (row > at) {
            out += fmt::format("\x1b[{}B", row - at);
        }
        at = row;
        out += fmt::format("\x1b[{}G", span.begin + 1);
        append_cells(out, next, row, span.begin, span.end);
    }
    if (!out.empty()) {
        out += at > 0 ? fmt::format("\r\x1b[{}A", at) : std::string("\r");
    }
    return out;
}

}  // namespace

std::string frame(const std::optional<Grid>& shown,
                  const std::vector<std::string>& scrolled,
                  const Grid& next) {
    const bool is_new = !shown || !scrolled.empty() || shown->rows() != next.rows() ||
                        shown->columns() != next.columns();
    const std::string body = is_new ? whole_frame(scrolled, next) : changes(*shown, next);
    return body.empty() ? body : fmt::format("{}{}{}", begin_update, body, end_update);
}

void InlineScreen::show(const Grid& picture) {
    const std::string bytes = frame(shown_, scrolled_, picture);
    scrolled_.clear();
    shown_ = picture;
    if (!bytes.empty()) {
        output_.write(bytes);
    }
}

void InlineScreen::write_lines() {
    if (!scrolled_.empty()) {
        output_.write(lines_of(scrolled_));
        scrolled_.clear();
    }
}

void InlineScreen::clear() {
    if (shown_ || !scrolled_.empty()) {
        output_.write(std::string(erase_from_here) + lines_of(scrolled_));
    }
    scrolled_.clear();
    shown_.reset();
}

}  // namespace maelstrom::ui
