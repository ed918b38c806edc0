#include "ui/wrap.hpp"

#include "ui/width.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace maelstrom::ui {

namespace {

constexpr std::size_t tab_stop = 8;
constexpr std::string_view reset = "\x1b[0m";

bool is_final_byte(char c) {
    return c >= 0x40 && c <= 0x7E;
}

/// The control sequence that the text begins with; empty if it is none.
std::string_view control_sequence(std::string_view text) {
    if (text.size() < 2 || text[0] != '\x1b') {
        return {};
    }
    if (text[1] == '[') {
        for (std::size_t i = 2; i < text.size(); ++i) {
            if (is_final_byte(text[i])) {
                return text.substr(0, i + 1);
            }
        }
        return text;
    }
    if (text[1] == ']') {
        // A window title or a link: up to BEL or ESC \.
        const std::size_t end = text.find_first_of("\x07\x1b", 2);
        return text.substr(0, end == std::string_view::npos ? end
                              : text[end] == '\x1b'         ? end + 2
                                                            : end + 1);
    }
    return text.substr(0, 2);
}

/// Each line of the text becomes one or more of the terminal.
class Wrapper {
public:
    Wrapper(std::size_t columns, bool colour, std::vector<std::string>& lines)
        : columns_(std::max<std::size_t>(columns, 1)), colour_(colour), lines_(lines) {}

    void add(std::string_view line) {
        current_ = style_;
        while (!line.empty()) {
            const std::string_view sequence = control_sequence(line);
            if (!sequence.empty()) {
                take_sequence(sequence);
                line.remove_prefix(sequence.size());
                continue;
            }
            const Glyph glyph = first_glyph(line);
            line.remove_prefix(glyph.text.size());
            if (glyph.text == "\t") {
                const std::size_t next = (width_ / tab_stop + 1) * tab_stop;
                take({.text = "        ", .columns = 0}, std::min(next, columns_) - width_);
            } else if (glyph.columns == 0) {
                take_control(glyph.text);
            } else {
                take(glyph, glyph.columns);
            }
        }
        end_line();
    }

private:
    void take(const Glyph& glyph, std::size_t columns) {
        if (width_ + columns > columns_) {
            break_line();
        }
        // What is wider than the whole terminal cannot be shown.
        if (columns <= columns_) {
            current_ += glyph.columns == 0 ? glyph.text.substr(0, columns) : glyph.text;
            width_ += columns;
        }
    }
    void take_control(std::string_view text) {
        if (text == "\r" || text.size() > 1) {
            return;  // the end of a Windows line; a mark without a character
        }
        const std::string shown = printable(text);
        for (std::size_t i = 0; i < shown.size(); ++i) {
            take({.text = std::string_view(shown).substr(i, 1), .columns = 1}, 1);
        }
    }
    void take_sequence(std::string_view sequence) {
        if (!colour_ || !sequence.starts_with("\x1b[") || !sequence.ends_with('m')) {
            return;
        }
        const bool resets = sequence == "\x1b[m" || sequence == reset;
        style_ = resets ? "" : style_ + std::string(sequence);
        current_ += sequence;
    }
    void break_line() {
        end_line();
        current_ = style_;
    }
    void end_line() {
        lines_.push_back(style_.empty() ? current_ : current_ + std::string(reset));
        current_.clear();
        width_ = 0;
    }

    const std::size_t columns_;
    const bool colour_;
    std::vector<std::string>& lines_;
    std::string current_;
    std::string style_;  ///< what was set since the last reset
    std::size_t width_ = 0;
};

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t columns, bool colour) {
    std::vector<std::string> lines;
    const std::string clean = util::to_utf8(text);
    Wrapper wrapper(columns, colour, lines);
    for (const std::string_view line : util::split_lines(clean)) {
        wrapper.add(line);
    }
    return lines;
}

}  // namespace maelstrom::ui
