#include "ui/live_area.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::ui {

namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(50);

}  // namespace

void LiveArea::print(std::string_view text) {
    if (!output_.is_terminal()) {
        output_.write(text);
        return;
    }
    text_ += text;
}

bool LiveArea::is_due(std::chrono::steady_clock::time_point now) const {
    return output_.is_terminal() && (!drawn_ || now - *drawn_ >= redraw_interval);
}

void LiveArea::draw(std::chrono::steady_clock::time_point now,
                    const std::vector<std::string>& lines) {
    if (!output_.is_terminal()) {
        return;
    }
    drawn_ = now;
    if (text_.empty() && lines == shown_) {
        return;
    }
    std::string frame = erase();
    frame += text_;
    text_.clear();
    shown_ = lines;
    // More lines than the terminal has rows could not be taken away again.
    const std::size_t rows = output_.rows();
    shown_lines_ = std::min(lines.size(), rows > 1 ? rows - 1 : 0);
    for (std::size_t i = 0; i < shown_lines_; ++i) {
        frame += lines[i];
        frame += '\n';
    }
    output_.write(frame);
}

void LiveArea::clear() {
    if (!output_.is_terminal()) {
        return;
    }
    const std::string frame = erase() + text_;
    text_.clear();
    shown_.clear();
    shown_lines_ = 0;
    if (!frame.empty()) {
        output_.write(frame);
    }
}

std::string LiveArea::erase() {
    return shown_lines_ == 0 ? std::string() : fmt::format("\r\x1b[{}A\x1b[J", shown_lines_);
}

}  // namespace maelstrom::ui
