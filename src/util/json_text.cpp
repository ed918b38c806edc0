#include "util/json_text.hpp"

#include "util/text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace maelstrom::util {

namespace {

void append_escaped(std::string& out, char c) {
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    }
}

void append_utf8(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F) {
            continue;
        }
        out.append(text, plain, i - plain);
        append_escaped(out, text[i]);
        plain = i + 1;
    }
    out.append(text, plain);
    out += '"';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    if (is_utf8(text)) {
        append_utf8(out, text);
    } else {
        append_utf8(out, to_utf8(text));
    }
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            group = group << 8U | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += j <= count ? alphabet[group >> (18U - 6U * j) & 63U] : '=';
        }
    }
    return out;
}

JsonWriter& JsonWriter::begin_object() {
    separate();
    text_ += '{';
    wants_comma_ = false;
    return *this;
}
JsonWriter& JsonWriter::end_object() {
    text_ += '}';
    wants_comma_ = true;
    return *this;
}
JsonWriter& JsonWriter::begin_array() {
    separate();
    text_ += '[';
    wants_comma_ = false;
    return *this;
}
JsonWriter& JsonWriter::end_array() {
    text_ += ']';
    wants_comma_ = true;
    return *this;
}
JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    append_json_string(text_, name);
    text_ += ':';
    wants_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
    separate();
    append_json_string(text_, text);
    wants_comma_ = true;
    return *this;
}
JsonWriter& JsonWriter::bytes(std::string_view bytes) {
    if (is_utf8(bytes)) {
        return string(bytes);
    }
    return begin_object().key("base64").string(base64(bytes)).end_object();
}
JsonWriter& JsonWriter::number(std::int64_t value) {
    return raw(fmt::format_int(value).c_str());
}
JsonWriter& JsonWriter::number(std::uint64_t value) {
    return raw(fmt::format_int(value).c_str());
}
JsonWriter& JsonWriter::number(double value) {
    return std::isfinite(value) ? raw(fmt::format("{}", value)) : null();
}
JsonWriter& JsonWriter::boolean(bool value) {
    return raw(value ? "true" : "false");
}
JsonWriter& JsonWriter::null() {
    return raw("null");
}

void JsonWriter::clear() {
    text_.clear();
    wants_comma_ = false;
}

void JsonWriter::separate() {
    if (wants_comma_) {
        text_ += ',';
    }
}
JsonWriter& JsonWriter::raw(std::string_view token) {
    separate();
    text_ += token;
    wants_comma_ = true;
    return *this;
}

}  // namespace maelstrom::util
