#include "ui/xml.hpp"

#include "util/text.hpp"

#include <fmt/format.h>

namespace maelstrom::ui {

namespace {

/// U+FFFE and U+FFFF are UTF-8 but not XML.
bool is_noncharacter(std::string_view text) {
    return text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
}

std::string escape(std::string_view bytes, bool attribute) {
    const std::string clean = util::to_utf8(bytes);
    std::string result;
    result.reserve(clean.size() + clean.size() / 8);
    for (std::size_t i = 0; i < clean.size(); ++i) {
        const char c = clean[i];
        const auto code = static_cast<unsigned char>(c);
        if (c == '&') {
            result += "&amp;";
        } else if (c == '<') {
            result += "&lt;";
        } else if (c == '>') {
            result += "&gt;";
        } else if (c == '"' && attribute) {
            result += "&quot;";
        } else if (c == '\r' || (attribute && (c == '\n' || c == '\t'))) {
            result += fmt::format("&#{};", code);
        } else if ((code < 0x20 && c != '\n' && c != '\t') || code == 0x7F) {
            result += fmt::format("#x{:02X}", code);
        } else if (is_noncharacter(std::string_view(clean).substr(i))) {
            result += clean[i + 2] == '\xBE' ? "#xFFFE" : "#xFFFF";
            i += 2;
        } else {
            result += c;
        }
    }
    return result;
}

}  // namespace

std::string xml_text(std::string_view bytes) {
    return escape(bytes, false);
}

std::string xml_attribute(std::string_view bytes) {
    return escape(bytes, true);
}

}  // namespace maelstrom::ui
