#pragma once

#include "ui/output.hpp"
#include "ui/width.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace maelstrom::ui {

/// A terminal for tests: an output that shows what a person would see. Strict: what we have no
/// business sending, and what would leave the screen, is kept as a complaint.
class TerminalEmulator final : public Output {
public:
    TerminalEmulator(std::size_t rows, std::size_t columns) { make(rows, columns); }

    void write(std::string_view text) override {
        ++writes_;
        // What a terminal's line discipline does with newlines; a sequence may be cut in two.
        pending_ += text;
        std::string_view rest = pending_;
        while (!rest.empty()) {
            const std::size_t taken = rest[0] == '\x1b' ? sequence(rest) : character(rest);
            if (taken == 0) {
                break;
            }
            rest.remove_prefix(taken);
        }
        pending_ = std::string(rest);
    }
    void write_log(std::string_view text) override { write(text); }
    std::size_t columns() const override { return columns_; }
    std::size_t rows() const override { return lines_.size(); }
    bool is_terminal() const override { return true; }
    bool has_colour() const override { return colour_; }
    util::Result<void> status() const override { return {}; }

    void use_colour() { colour_ = true; }
    /// As xterm does it: nothing is wrapped anew, what no longer fits is lost.
    void resize(std::size_t rows, std::size_t columns) {
        for (Line& line : lines_) {
            line.resize(columns, " ");
        }
        columns_ = columns;
        while (lines_.size() > rows && row_ + 1 < lines_.size()) {
            lines_.pop_back();
        }
        while (lines_.size() > rows) {
            scroll_up();
            lines_.pop_back();
            --row_;
        }
        lines_.resize(rows, blank());
        column_ = std::min(column_, columns - 1);
        wrap_next_ = false;
    }

    /// The rows without blanks at their ends, and without empty rows at the end.
    std::string screen() const { return text_of_lines(""); }
    std::string row(std::size_t index) const { return text_of(lines_[index]); }
    /// What has scrolled away, and the screen.
    std::string everything() const { return text_of_lines(history_); }
    std::size_t cursor_row() const { return row_; }
    std::size_t cursor_column() const { return column_; }
    bool shows_cursor() const { return shows_cursor_; }
    bool wraps() const { return wraps_; }
    bool in_update() const { return in_update_; }
    std::size_t writes() const { return writes_; }
    const std::vector<std::string>& complaints() const { return complaints_; }

private:
    using Line =
        std::vector<std::string>;  ///< one cell a column; the right half of a wide one is empty

    Line blank() const { return Line(columns_, " "); }
    void make(std::size_t rows, std::size_t columns) {
        columns_ = columns;
        lines_.assign(rows, blank());
    }
    static std::string text_of(const Line& line) {
        std::string text;
        for (const std::string& cell : line) {
            text += cell;
        }
        return text.substr(0, text.find_last_not_of(' ') + 1);
    }
    std::string text_of_lines(std::string text) const {
        for (const Line& line : lines_) {
            text += text_of(line) + "\n";
        }
        return text.substr(0, text.find_last_not_of('\n') + 1) + "\n";
    }
    void complain(std::string what) { complaints_.push_back(std::move(what)); }
    void scroll_up() {
        history_ += text_of(lines_.front()) + "\n";
        lines_.erase(lines_.begin());
        lines_.push_back(blank());
    }
    void line_feed() {
        if (row_ + 1 == lines_.size()) {
            scroll_up();
        } else {
            ++row_;
        }
    }
    std::size_t character(std::string_view text) {
        if (text[0] == '\r' || text[0] == '\n') {
            column_ = 0;
            wrap_next_ = false;
            if (text[0] == '\n') {
                line_feed();
            }
            return 1;
        }
        const Glyph glyph = first_glyph(text);
        if (glyph.columns == 0) {
            complain("control character " + printable(glyph.text));
        } else {
            put(glyph);
        }
        return glyph.text.size();
    }
    void put(const Glyph& glyph) {
        if (wrap_next_ && wraps_) {
            column_ = 0;
            line_feed();
        } else if (wrap_next_) {
            complain("text over the edge: " + std::string(glyph.text));
        }
        wrap_next_ = false;
        if (column_ + glyph.columns > columns_) {
            complain("wide character over the edge");
            return;
        }
        for (std::size_t i = 0; i < glyph.columns; ++i) {
            if (lines_[row_][column_ + i].empty() && column_ + i > 0) {
                lines_[row_][column_ + i - 1] = " ";
            }
            if (column_ + i + 1 < columns_ && lines_[row_][column_ + i + 1].empty()) {
                lines_[row_][column_ + i + 1] = " ";
            }
            lines_[row_][column_ + i] = i == 0 ? std::string(glyph.text) : "";
        }
        column_ += glyph.columns;
        if (column_ == columns_) {
            --column_;
            wrap_next_ = true;
        }
    }
    std::size_t sequence(std::string_view text) {
        std::size_t end = 1;
        while (end < text.size() && (end == 1 || text[end] < 0x40)) {
            ++end;
        }
        if (end >= text.size()) {
            return 0;  // not all of it yet
        }
        const std::string_view body = text.substr(1, end);
        if (body[0] != '[') {
            complain("sequence " + printable(body));
            return 2;
        }
        execute(std::string(body.substr(1, body.size() - 2)), body.back());
        return end + 1;
    }
    void execute(const std::string& parameters, char command) {
        const bool set = command == 'h';
        const std::size_t count =
            parameters.empty() ? 1 : std::strtoul(parameters.c_str(), nullptr, 10);
        if (command == 'm') {
            return;
        }
        wrap_next_ = false;
        if (command == 'A' && count <= row_) {
            row_ -= count;
        } else if (command == 'B' && row_ + count < lines_.size()) {
            row_ += count;
        } else if (command == 'G' && count >= 1 && count <= columns_) {
            column_ = count - 1;
        } else if (command == 'J' && parameters.empty()) {
            std::fill(lines_[row_].begin() + static_cast<std::ptrdiff_t>(column_),
                      lines_[row_].end(), " ");
            std::fill(lines_.begin() + static_cast<std::ptrdiff_t>(row_) + 1, lines_.end(),
                      blank());
        } else if ((set || command == 'l') && parameters == "?25") {
            shows_cursor_ = set;
        } else if ((set || command == 'l') && parameters == "?7") {
            wraps_ = set;
        } else if ((set || command == 'l') && parameters == "?2026") {
            in_update_ = set;
        } else {
            complain("sequence [" + parameters + command);
        }
    }

    std::size_t columns_ = 0;
    std::vector<Line> lines_;
    std::string history_;
    std::string pending_;
    std::vector<std::string> complaints_;
    std::size_t row_ = 0;
    std::size_t column_ = 0;
    std::size_t writes_ = 0;
    bool wrap_next_ = false;
    bool wraps_ = true;
    bool shows_cursor_ = true;
    bool in_update_ = false;
    bool colour_ = false;
};

}  // namespace maelstrom::ui
