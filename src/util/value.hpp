#pragma once

#include "util/error.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace maelstrom::util {

/// Where something stands in a text: both count from 1; 0 is unknown.
struct Position {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    bool operator==(const Position&) const = default;
};

/// What a JSON or TOML text says, with the place of every value and key, so that a complaint about
/// it can point there. Objects keep their members in document order. Neither format lets the same
/// key stand twice.
struct Value {
    struct Member;
    using Array = std::vector<Value>;
    using Object = std::vector<Member>;

    /// Whole numbers are kept exactly: negative ones as int64, others as uint64.
    std::variant<std::nullptr_t,
                 bool,
                 std::int64_t,
                 std::uint64_t,
                 double,
                 std::string,
                 Array,
                 Object>
        data;
    Position position;

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(data); }
    const bool* boolean() const { return std::get_if<bool>(&data); }
    const std::string* string() const { return std::get_if<std::string>(&data); }
    const Array* array() const { return std::get_if<Array>(&data); }
    const Object* object() const { return std::get_if<Object>(&data); }

    /// "a string", "an integer", "a list", "an object": for messages.
    std::string_view type_name() const;
    /// The member of that name if this is an object that has it.
    const Value* find(std::string_view key) const;
};

struct Value::Member {
    std::string key;
    Position position;
    Value value;
};

/// The one JSON value in `text` (RFC 8259; UTF-8; at most 128 levels deep). Errors start with "line
/// L, column C: ". `start` is where the text stands in its file.
Result<Value> parse_json(std::string_view text, Position start = {1, 1});

/// A TOML 1.0 document as an object. Dates and times are an error: nothing of ours takes them.
Result<Value> parse_toml(std::string_view text);

/// "line L, column C: message", as an `invalid` error.
std::unexpected<Error> fail_at(Position position, std::string_view message);

}  // namespace maelstrom::util
