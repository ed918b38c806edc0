#include "filter/scanner.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace maelstrom::filter {

namespace {

/// Length of the white-space character (Unicode's property of that name) that `text` begins with,
/// 0 if it begins with another.
std::size_t white_space_length(std::string_view text) {
    constexpr std::array<std::string_view, 25> characters{" ",
                                                          "\n",
                                                          "\t",
                                                          "\r",
                                                          "\v",
                                                          "\f",
                                                          "\xC2\x85",
                                                          "\xC2\xA0",
                                                          "\xE1\x9A\x80",
                                                          "\xE2\x80\x80",
                                                          "\xE2\x80\x81",
                                                          "\xE2\x80\x82",
                                                          "\xE2\x80\x83",
                                                          "\xE2\x80\x84",
                                                          "\xE2\x80\x85",
                                                          "\xE2\x80\x86",
                                                          "\xE2\x80\x87",
                                                          "\xE2\x80\x88",
                                                          "\xE2\x80\x89",
                                                          "\xE2\x80\x8A",
                                                          "\xE2\x80\xA8",
                                                          "\xE2\x80\xA9",
                                                          "\xE2\x80\xAF",
                                                          "\xE2\x81\x9F",
                                                          "\xE3\x80\x80"};
    const auto first = text.empty() ? '!' : static_cast<unsigned char>(text.front());
    if (first > ' ' && first < 0x80) {
        return 0;  // the most frequent answer by far
    }
    const auto* const found = std::ranges::find_if(
        characters, [&](std::string_view character) { return text.starts_with(character); });
    return found == characters.end() ? 0 : found->size();
}

bool belongs_to_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

char closing_of(char opening) {
    switch (opening) {
    case '(':
        return ')';
    case '[':
        return ']';
    case '{':
        return '}';
    case '<':
        return '>';
    case '/':
        return '/';
    default:
        return '\0';
    }
}

/// Where the delimiter stands that closes the one at the start of `text`.
std::size_t find_closing(std::string_view text, char closing) {
    if (closing == text.front()) {
        return text.find(closing, 1);
    }
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == text.front()) {
            ++depth;
        } else if (text[i] == closing && --depth == 0) {
            return i;
        }
    }
    return std::string_view::npos;
}

}  // namespace

void Scanner::skip_white_space() {
    while (const std::size_t length = white_space_length(rest())) {
        at_ += length;
        looks_ += length;
    }
    ++looks_;
}

bool Scanner::take(std::string_view token) {
    looks_ += token.size();
    if (!rest().starts_with(token)) {
        return false;
    }
    at_ += token.size();
    return true;
}

std::optional<std::string_view> Scanner::take_parameter() {
    const std::string_view here = rest();
    const std::size_t end = find_closing(here, closing_of(here.front()));
    looks_ += std::min(end, here.size());
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    at_ += end + 1;
    return here.substr(1, end - 1);
}

std::string_view Scanner::word() const {
    const std::string_view here = rest();
    const auto end = std::ranges::find_if_not(here, belongs_to_word);
    const auto length = static_cast<std::size_t>(end - here.begin());
    looks_ += length + 1;
    return here.substr(0, length);
}

bool Scanner::at_parameter() const {
    return !at_end() && closing_of(text_[at_]) != '\0';
}

bool Scanner::at_white_space() const {
    return white_space_length(rest()) > 0;
}

std::string Scanner::found() const {
    if (at_end()) {
        return "the end";
    }
    if (at_white_space()) {
        return "white space";
    }
    if (!word().empty()) {
        return util::quoted(word());
    }
    const std::string_view here = rest();
    std::size_t length = 1;
    while (length < here.size() && (static_cast<unsigned char>(here[length]) & 0xC0U) == 0x80U) {
        ++length;
    }
    return util::quoted(here.substr(0, length));
}

}  // namespace maelstrom::filter
