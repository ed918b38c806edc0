#include "filter/complaint.hpp"

#include "util/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::filter {

namespace {

/// Of a long line, so many bytes are shown before and behind the place.
constexpr std::size_t shown_before = 60;
constexpr std::size_t shown_behind = 40;

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return !continues_character(c); }));
}

/// What a terminal shows in as many columns as there are characters.
std::string printable(std::string_view text) {
    std::string result = util::to_utf8(text);
    std::ranges::replace_if(
        result, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    return result;
}

std::size_t start_of_line(std::string_view text, std::size_t offset) {
    return text.substr(0, offset).rfind('\n') + 1;
}

std::string drawing(std::string_view text, std::size_t offset) {
    const std::size_t line_start = start_of_line(text, offset);
    const std::size_t line_end = std::min(text.find('\n', offset), text.size());

    std::size_t start = std::max(line_start, offset - std::min(offset, shown_before));
    while (start < offset && continues_character(text[start])) {
        ++start;
    }
    std::size_t end = std::min(line_end, offset + shown_behind);
    while (end < line_end && continues_character(text[end])) {
        ++end;
    }
    const std::string before =
        (start > line_start ? "…" : "") + printable(text.substr(start, offset - start));
    const std::string behind =
        printable(text.substr(offset, end - offset)) + (end < line_end ? "…" : "");
    return fmt::format("    {}{}\n    {:>{}}", before, behind, "^", count_characters(before) + 1);
}

}  // namespace

util::Position position_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto lines = std::ranges::count(before, '\n');
    const std::size_t column = count_characters(before.substr(start_of_line(text, offset)));
    return {.line = static_cast<std::uint32_t>(lines + 1),
            .column = static_cast<std::uint32_t>(column + 1)};
}

std::unexpected<util::Error>
complain(std::string_view text, std::size_t offset, std::string_view message) {
    const std::string with_drawing =
        text.empty() ? std::string(message) : fmt::format("{}\n{}", message, drawing(text, offset));
    return util::fail_at(position_of(text, offset), with_drawing);
}

}  // namespace maelstrom::filter
