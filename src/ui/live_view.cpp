#include "ui/live_view.hpp"

#include "ui/width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace maelstrom::ui {

namespace {

constexpr std::size_t least_rows = 8;
constexpr std::size_t tall_gauge = 3;
constexpr std::size_t border_rows = 2;
constexpr Style border_style{.dim = true};

struct Rows {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// How many entries a list of so many rows shows: those between its borders, if it has any.
std::size_t list_room(std::size_t rows) {
    return rows > border_rows ? rows - border_rows : rows;
}

/// The frame round a list. Where there is no room for one the list has the rows to itself.
Rows draw_border(Grid& grid, const Rows& rows, std::string_view title) {
    if (rows.count <= border_rows || grid.columns() < 4) {
        return rows;
    }
    const std::size_t right = grid.columns() - 1;
    const std::size_t bottom = rows.first + rows.count - 1;
    for (std::size_t column = 1; column < right; ++column) {
        grid.put(rows.first, column, "─", border_style);
        grid.put(bottom, column, "─", border_style);
    }
    grid.put(rows.first, 0, "┌", border_style);
    grid.put(rows.first, right, "┐", border_style);
    grid.put(bottom, 0, "└", border_style);
    grid.put(bottom, right, "┘", border_style);
    for (std::size_t row = rows.first + 1; row < bottom; ++row) {
        grid.put(row, 0, "│", border_style);
        grid.put(row, right, "│", border_style);
    }
    grid.put(rows.first, 1, title, {.bold = true}, right - 1);
    return {.first = rows.first + 1, .count = rows.count - border_rows};
}

/// A name that may be cut on the left, since tests differ in their ends, and a word at the right
/// edge.
void draw_entry(Grid& grid,
                std::size_t row,
                bool framed,
                std::string_view name,
                std::string_view word,
                Tint tint) {
    const Style style{.foreground = tint};
    const std::size_t left = framed ? 1 : 0;
    if (grid.columns() <= 2 * left) {
        return;
    }
    const std::size_t room = grid.columns() - 2 * left;
    const std::size_t word_columns = std::min(display_width(word), room);
    grid.put(row, left + room - word_columns, word, style, word_columns);
    if (room <= word_columns + 1) {
        return;
    }
    const std::size_t name_room = room - word_columns - 1;
    const std::string clean = printable(name);
    if (display_width(clean) <= name_room) {
        grid.put(row, left, clean, {}, name_room);
    } else {
        grid.put(row, left, fmt::format("<{}", last_columns(clean, name_room - 1)), {}, name_room);
    }
}

void draw_running(Grid& grid, const LiveView& view, const Rows& rows, Tint tint) {
    if (rows.count == 0) {
        return;
    }
    const bool framed = rows.count > border_rows && grid.columns() >= 4;
    const std::size_t room = framed ? list_room(rows.count) : rows.count;
    const std::size_t shown = std::min(room, view.running.size());
    const std::size_t hidden = view.running.size() - shown;
    const Rows inner =
        draw_border(grid, rows,
                    hidden == 0 ? std::string("Running Tests")
                                : fmt::format("Running Tests ({} {} not shown)", hidden,
                                              hidden == 1 ? "test" : "tests"));
    // The newest on top.
    for (std::size_t i = 0; i < shown; ++i) {
        const LiveView::Running& running = view.running[shown - 1 - i];
        draw_entry(grid, inner.first + i, framed, running.name, elapsed_text(running), tint);
    }
}

void draw_failed(Grid& grid, const LiveView& view, const Rows& rows, Tint tint) {
    if (rows.count == 0) {
        return;
    }
    const bool framed = rows.count > border_rows && grid.columns() >= 4;
    const std::size_t room = framed ? list_room(rows.count) : rows.count;
    const std::size_t shown = std::min(room, view.failed.size());
    const std::size_t first = std::min(view.first_failed, view.failed.size() - shown);
    const Rows inner = draw_border(grid, rows,
                                   shown == view.failed.size()
                                       ? std::string("Failed Tests")
                                       : fmt::format("Failed Tests ({}-{} of {}, f: more)",
                                                     first + 1, first + shown, view.failed.size()));
    for (std::size_t i = 0; i < shown; ++i) {
        const LiveView::Failed& failed = view.failed[first + i];
        draw_entry(grid, inner.first + i, framed, failed.name, failed.word, tint);
    }
}

/// A part of the gauge.
struct Part {
    Tint tint;
    std::string_view shade;  ///< without colours
    std::size_t count;
};
using Parts = std::array<Part, 4>;

/// Where each part ends, in eighths of a column.
std::array<std::size_t, 4> ends_of(const Parts& parts, std::size_t expected, std::size_t columns) {
    std::array<std::size_t, 4> ends{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        count += parts[i].count;
        ends[i] = expected == 0 ? 0 : std::min(count, expected) * columns * 8 / expected;
    }
    return ends;
}

/// What one column of the bar shows: the part at its left edge, how many eighths of it, and the one
/// behind.
Cell gauge_cell(const Parts& parts,
                const std::array<std::size_t, 4>& ends,
                std::size_t column,
                bool colour) {
    constexpr std::array<std::string_view, 8> eighths{" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const std::size_t begin = column * 8;
    std::size_t part = 0;
    while (part < parts.size() && ends[part] <= begin) {
        ++part;
    }
    if (part == parts.size()) {
        return {};
    }
    const std::size_t end = std::min(ends[part], begin + 8);
    if (!colour) {
        return {.text = std::string(end - begin >= 4 ? parts[part].shade : " "), .style = {}};
    }
    if (end == begin + 8) {
        return {.text = "█", .style = {.foreground = parts[part].tint}};
    }
    std::size_t next = part + 1;
    while (next < parts.size() && ends[next] <= end) {
        ++next;
    }
    const Tint behind = next < parts.size() ? parts[next].tint : Tint::plain;
    return {.text = std::string(eighths[end - begin]),
            .style = {.foreground = parts[part].tint, .background = behind}};
}

std::string gauge_label(const LiveView::Counts& counts) {
    const std::string failed = counts.failed > 0 ? fmt::format(" ({}f)", counts.failed) : "";
    return fmt::format("{}w {}p {}r {}c{} / {}e", counts.waiting, counts.pending, counts.running,
                       counts.complete, failed, counts.expected);
}

void draw_gauge(Grid& grid, const LiveView& view, const Rows& rows, bool colour) {
    const LiveView::Counts& counts = view.counts;
    const Parts parts{
        Part{Tint::green, "█", counts.complete}, Part{Tint::blue, "▓", counts.running},
        Part{Tint::yellow, "▒", counts.pending}, Part{Tint::magenta, "░", counts.waiting}};
    const auto ends = ends_of(parts, counts.expected, grid.columns());
    const std::string label = gauge_label(counts);
    const std::size_t width = std::min(label.size(), grid.columns());
    const std::size_t label_row = rows.first + rows.count / 2;
    const std::size_t label_column = (grid.columns() - width) / 2;
    for (std::size_t row = rows.first; row < rows.first + rows.count; ++row) {
        for (std::size_t column = 0; column < grid.columns(); ++column) {
            Cell cell = gauge_cell(parts, ends, column, colour);
            if (row == label_row && column >= label_column && column < label_column + width) {
                const bool filled = cell.style.foreground != Tint::plain;
                cell = {.text = label.substr(column - label_column, 1),
                        .style = {.foreground = filled ? Tint::black : Tint::plain,
                                  .background = cell.style.foreground,
                                  .bold = !filled}};
            }
            grid.put(row, column, cell.text, cell.style);
        }
    }
}

/// What has failed gets a half, and what running tests leave, but gives its borders up before a
/// running test goes unseen.
std::size_t rows_for_failed(std::size_t count, std::size_t left, std::size_t running) {
    if (count == 0 || left <= border_rows) {
        return 0;
    }
    const std::size_t half = left > running ? std::max(left / 2, left - running) : left / 2;
    std::size_t rows = std::min(count + border_rows, half);
    const std::size_t least = std::min(running, border_rows + 2);
    if (left - rows < least && left > least) {
        rows = left - least;
    }
    return rows > border_rows ? rows : std::min(rows, count);
}

}  // namespace

std::string elapsed_text(const LiveView::Running& running) {
    return running.under_a_second ? "<1s" : fmt::format("{}s", running.elapsed.count());
}

std::size_t live_rows(std::size_t terminal_rows) {
    const std::size_t quarter = terminal_rows / 4;
    const std::size_t half = std::max<std::size_t>(terminal_rows / 2, 1);
    return std::max(quarter, std::min(half, least_rows));
}

LiveLayout lay_out(const LiveView& view, std::size_t rows) {
    LiveLayout layout;
    std::size_t left = rows;
    const auto take = [&](std::size_t wanted) {
        const std::size_t taken = std::min(wanted, left);
        left -= taken;
        return taken;
    };
    layout.gauge = take(1);
    layout.phase = view.phase.empty() ? 0 : take(1);
    const std::size_t running = border_rows + std::max<std::size_t>(view.most_running, 1);
    const std::size_t others =
        std::min(running, border_rows + 2) + (view.failed.empty() ? 0 : border_rows + 1);
    if (left >= others + tall_gauge - 1) {
        layout.gauge += take(tall_gauge - 1);
    }
    layout.failed = take(rows_for_failed(view.failed.size(), left, running));
    layout.running = left;
    return layout;
}

std::size_t next_failed_page(const LiveView& view, std::size_t rows) {
    const std::size_t page = std::max<std::size_t>(list_room(lay_out(view, rows).failed), 1);
    const std::size_t next = view.first_failed + page;
    return next < view.failed.size() ? next : 0;
}

Grid draw(const LiveView& view, std::size_t rows, std::size_t columns, bool colour) {
    Grid grid(rows, columns);
    const LiveLayout layout = lay_out(view, rows);
    std::size_t row = 0;
    const auto next = [&](std::size_t count) {
        const Rows taken{.first = row, .count = count};
        row += count;
        return taken;
    };
    draw_running(grid, view, next(layout.running), colour ? Tint::blue : Tint::plain);
    draw_failed(grid, view, next(layout.failed), colour ? Tint::red : Tint::plain);
    if (const Rows phase = next(layout.phase); phase.count > 0) {
        grid.put(phase.first, 0, view.phase);
    }
    draw_gauge(grid, view, next(layout.gauge), colour);
    return grid;
}

}  // namespace maelstrom::ui
