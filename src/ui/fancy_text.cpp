#include "ui/fancy_text.hpp"

#include "ui/width.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::ui {

namespace {

constexpr std::size_t status_columns = 7;

std::string row_with_status(const CaseFinished& finished,
                            const Status& status,
                            std::size_t columns,
                            const Painter& paint) {
    const std::string name = printable(finished.name->display);
    const std::string duration = duration_text(finished);
    const std::string padding(status_columns - std::min(status.word.size(), status_columns), ' ');
    const std::size_t trailer = 1 + status_columns + 1 + display_width(duration);
    // Narrower, the name counts more than the duration, and then more than everything.
    if (columns < trailer + 4) {
        const std::size_t word = status.word.size() + 1;
        const std::size_t room = columns > word + 2 ? columns - word : columns;
        const std::string cut = cut_name(name, room);
        return room == columns ? paint(status.colour, cut)
                               : fmt::format("{} {}", paint(Colour::bold, cut),
                                             paint(status.colour, status.word));
    }
    const std::size_t room = columns - trailer;
    const std::string cut = cut_name(name, room);
    return fmt::format("{}{} {}{} {}", paint(Colour::bold, cut),
                       std::string(room - display_width(cut), ' '),
                       paint(status.colour, status.word), padding, duration);
}

}  // namespace

std::string finished_row(const CaseFinished& finished, std::size_t columns, const Painter& paint) {
    return row_with_status(finished, status_of(finished), columns, paint);
}

std::string attempt_row(const AttemptFailed& attempt, std::size_t columns, const Painter& paint) {
    return row_with_status(attempt.result, attempt_status(), columns, paint);
}

std::string centred(std::string_view text, std::size_t columns, const Painter& paint) {
    const std::size_t width = display_width(text);
    const std::string indent(columns > width ? (columns - width) / 2 : 0, ' ');
    return indent + paint(Colour::bold, text);
}

}  // namespace maelstrom::ui
