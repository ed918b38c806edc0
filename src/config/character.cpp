#include "config/character.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace maelstrom::config {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

Result<char> parse_caret(std::string_view text) {
    const char c = text[1];
    const bool legal = c == '?' || (c >= '@' && c <= '_');
    if (!legal) {
        return fail(ErrorKind::invalid, "{}: after ^ must come one of @ A–Z [ \\ ] ^ _ ?, found {}",
                    util::quoted(text), util::quoted(text.substr(1, 1)));
    }
    if (text.size() > 2) {
        return fail(ErrorKind::invalid, "{}: nothing may follow ^{}", util::quoted(text), c);
    }
    return c == '?' ? '\x7f' : static_cast<char>(c - '@');
}

int hex_value(char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const std::size_t value = digits.find(util::to_lower({&c, 1}));
    return value == std::string_view::npos ? -1 : static_cast<int>(value);
}

Result<char> parse_hex(std::string_view text) {
    const int high = text.size() == 4 ? hex_value(text[2]) : -1;
    const int low = text.size() == 4 ? hex_value(text[3]) : -1;
    if (high < 0 || low < 0) {
        return fail(ErrorKind::invalid, "{}: after \\x must come two hexadecimal digits",
                    util::quoted(text));
    }
    if (high > 7) {
        return fail(ErrorKind::invalid, "{}: the largest value is \\x7f", util::quoted(text));
    }
    return static_cast<char>(high * 16 + low);
}

Result<char> parse_backslash(std::string_view text) {
    constexpr std::array<std::pair<char, char>, 7> escapes{{{'n', '\n'},
                                                            {'r', '\r'},
                                                            {'t', '\t'},
                                                            {'\\', '\\'},
                                                            {'0', '\0'},
                                                            {'\'', '\''},
                                                            {'"', '"'}}};
    if (text[1] == 'x') {
        return parse_hex(text);
    }
    const auto* found = std::ranges::find(escapes, text[1], &std::pair<char, char>::first);
    if (found == escapes.end() || text.size() > 2) {
        return fail(ErrorKind::invalid,
                    R"({}: a backslash escape is one of \n \r \t \\ \0 \' \" or \x00 to \x7f)",
                    util::quoted(text));
    }
    return found->second;
}

}  // namespace

Result<char> parse_character(std::string_view text) {
    if (text.empty()) {
        return fail(ErrorKind::invalid, "found nothing, expected a character such as ~ or ^]");
    }
    const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (!std::ranges::all_of(text, ascii)) {
        return fail(ErrorKind::invalid, "{}: only ASCII characters can be used",
                    util::quoted(text));
    }
    if (text.size() == 1) {
        return text[0];
    }
    if (text[0] == '^') {
        return parse_caret(text);
    }
    if (text[0] == '\\') {
        return parse_backslash(text);
    }
    return fail(ErrorKind::invalid, "{} is too long, expected one character such as ~ or ^]",
                util::quoted(text));
}

std::string show_character(char character) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte == 0x7f) {
        return "^?";
    }
    if (byte < 0x20) {
        return {'^', static_cast<char>(byte + '@')};
    }
    return {character};
}

}  // namespace maelstrom::config
