#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::util {

/// Appends `text` as a JSON string, in quotes; what is not UTF-8 in it becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
/// Standard alphabet, with padding.
std::string base64(std::string_view bytes);

/// Writes one JSON value without blanks, piece by piece; commas and colons come by themselves.
///
///     JsonWriter json;
///     json.begin_object().key("job").number(3).key("stdout").bytes(output).end_object();
///     write(json.text());
class JsonWriter {
public:
    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);

    JsonWriter& string(std::string_view text);
    /// A string if it is UTF-8, else `{"base64": "…"}`.
    JsonWriter& bytes(std::string_view bytes);
    JsonWriter& number(std::int64_t value);
    JsonWriter& number(std::uint64_t value);
    JsonWriter& number(int value) { return number(static_cast<std::int64_t>(value)); }
    JsonWriter& number(unsigned value) { return number(static_cast<std::uint64_t>(value)); }
    /// The shortest spelling that reads back the same; null for what JSON cannot say (NaN,
    /// infinite).
    JsonWriter& number(double value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();

    const std::string& text() const { return text_; }
    /// For the next value; keeps the memory.
    void clear();

private:
    void separate();
    JsonWriter& raw(std::string_view token);

    std::string text_;
    bool wants_comma_ = false;
};

}  // namespace maelstrom::util
