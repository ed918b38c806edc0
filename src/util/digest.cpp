#include "util/digest.hpp"

#include "util/text.hpp"

namespace maelstrom::util {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string Digest::hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * sha256.size());
    for (const std::uint8_t byte : sha256) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

Result<Digest> Digest::from_hex(std::string_view hex, std::uint64_t size) {
    Digest digest{.sha256 = {}, .size = size};
    if (hex.size() != 2 * digest.sha256.size()) {
        return fail(ErrorKind::invalid, "found digest {}, expected 64 lower-case hex digits",
                    quoted(hex));
    }
    for (std::size_t i = 0; i < digest.sha256.size(); ++i) {
        const int high = hex_digit(hex[2 * i]);
        const int low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            return fail(ErrorKind::invalid, "found digest {}, expected 64 lower-case hex digits",
                        quoted(hex));
        }
        digest.sha256[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return digest;
}

}  // namespace maelstrom::util
