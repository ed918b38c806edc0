#include "ui/progress.hpp"

#include "ui/width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace maelstrom::ui {

namespace {

constexpr std::size_t bar_label_columns = 21;
constexpr auto spinner_step = std::chrono::milliseconds(500);

}  // namespace

std::vector<std::string> Progress::lines(std::size_t columns,
                                         std::chrono::steady_clock::duration since_start,
                                         const Painter& paint) const {
    std::vector<std::string> lines;
    const auto cut = [&](const std::string& line) {
        return first_columns(line, columns > 0 ? columns - 1 : 0);
    };
    if (!state_.phase().empty()) {
        lines.emplace_back(cut(spinner(since_start)));
    }
    const LiveView::Counts counts = state_.counts();
    if (state_.is_listing() || counts.expected == 0) {
        return lines;
    }
    const std::size_t running = counts.complete + counts.running;
    const std::size_t pending = running + counts.pending;
    const std::string complete = counts.failed > 0
                                     ? fmt::format("completed ({} failed)", counts.failed)
                                     : std::string("complete");
    const auto add = [&](Colour colour, std::size_t position, std::string_view label) {
        lines.push_back(paint(colour, cut(bar_line(position, counts.expected, label, columns))));
    };
    add(Colour::red, std::max(state_.queued(), pending), "waiting for artifacts");
    add(Colour::yellow, pending, "pending");
    add(Colour::blue, running, "running");
    add(Colour::green, counts.complete, complete);
    return lines;
}

std::string Progress::spinner(std::chrono::steady_clock::duration since_start) const {
    constexpr std::array<std::string_view, 10> frames{"⠋", "⠙", "⠹", "⠸", "⠼",
                                                      "⠴", "⠦", "⠧", "⠇", "⠏"};
    const auto step = static_cast<std::size_t>(since_start / spinner_step);
    return fmt::format("{} {}…", frames[step % frames.size()], state_.phase());
}

std::string
bar_line(std::size_t position, std::size_t length, std::string_view label, std::size_t columns) {
    const std::string total = fmt::format("{}", length);
    const std::string counts = fmt::format("{:>{}}/{}", position, total.size(), total);
    const std::size_t rest = 1 + counts.size() + 1 + std::max(label.size(), bar_label_columns);
    const std::size_t room = columns > rest + 1 ? columns - rest - 1 : 0;
    const std::size_t full = length == 0 ? 0 : room * std::min(position, length) / length;
    return fmt::format("{}{} {} {}", std::string(full, '#'), std::string(room - full, '-'), counts,
                       label);
}

}  // namespace maelstrom::ui
