#include "job/reader.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace maelstrom::job {

using util::fail_at;
using util::Result;
using util::Value;

namespace {

std::string did_you_mean(std::string_view word, std::span<const std::string_view> legal) {
    const auto near = util::nearest(word, legal);
    return near ? fmt::format("; did you mean {}?", util::quoted(*near)) : ";";
}

/// The number if it is whole and fits.
std::optional<std::int64_t> whole(const Value& value) {
    if (const auto* negative = std::get_if<std::int64_t>(&value.data)) {
        return *negative;
    }
    const auto* positive = std::get_if<std::uint64_t>(&value.data);
    if (positive != nullptr && *positive <= std::numeric_limits<std::int64_t>::max()) {
        return static_cast<std::int64_t>(*positive);
    }
    return std::nullopt;
}

std::string describe(const Value& value) {
    return std::visit(
        [&](const auto& data) -> std::string {
            if constexpr (std::is_arithmetic_v<std::decay_t<decltype(data)>>) {
                return fmt::format("{}", data);
            } else {
                return std::string(value.type_name());
            }
        },
        value.data);
}

}  // namespace

Result<void>
check_object(const Value& value, std::string_view what, std::span<const std::string_view> legal) {
    if (value.object() == nullptr) {
        return fail_at(value.position,
                       fmt::format("{} must be an object, found {}", what, value.type_name()));
    }
    for (const Value::Member& member : *value.object()) {
        if (std::ranges::find(legal, member.key) == legal.end()) {
            return fail_unknown_key(member, what, legal);
        }
    }
    return {};
}

std::unexpected<util::Error> fail_unknown_key(const Value::Member& member,
                                              std::string_view what,
                                              std::span<const std::string_view> legal) {
    return fail_at(member.position,
                   fmt::format("unknown key {} in {}{} legal: {}", util::quoted(member.key), what,
                               did_you_mean(member.key, legal), util::one_of(legal)));
}

std::unexpected<util::Error>
fail_type(const Value& value, std::string_view key, std::string_view expected) {
    return fail_at(value.position, fmt::format("{} must be {}, found {}", util::quoted(key),
                                               expected, describe(value)));
}

std::unexpected<util::Error> fail_word(const Value& value,
                                       std::string_view key,
                                       std::string_view word,
                                       std::span<const std::string_view> legal) {
    return fail_at(value.position, fmt::format("unknown {} {}{} legal: {}", key, util::quoted(word),
                                               did_you_mean(word, legal), util::one_of(legal)));
}

const Value::Member* given(const Value& object, std::string_view key) {
    for (const Value::Member& member : *object.object()) {
        if (member.key == key) {
            return member.value.is_null() ? nullptr : &member;
        }
    }
    return nullptr;
}

Result<const Value*> required(const Value& object, std::string_view key, std::string_view what) {
    const Value* value = object.find(key);
    if (value == nullptr) {
        return fail_at(object.position,
                       fmt::format("{} is missing in {}", util::quoted(key), what));
    }
    return value;
}

Result<std::string> read_string(const Value& value, std::string_view key) {
    if (value.string() == nullptr) {
        return fail_type(value, key, "a string");
    }
    if (value.string()->find('\0') != std::string::npos) {
        return fail_at(value.position,
                       fmt::format("{} holds a NUL byte: {}; Linux cannot pass that on",
                                   util::quoted(key), util::quoted(*value.string())));
    }
    return *value.string();
}

Result<std::vector<std::string>> read_strings(const Value& value, std::string_view key) {
    if (value.array() == nullptr) {
        return fail_type(value, key, "a list of strings");
    }
    std::vector<std::string> strings;
    strings.reserve(value.array()->size());
    for (const Value& item : *value.array()) {
        if (item.string() == nullptr) {
            return fail_at(item.position,
                           fmt::format("{} must be a list of strings, found {} in it",
                                       util::quoted(key), describe(item)));
        }
        strings.push_back(TRY(read_string(item, key)));
    }
    return strings;
}

Result<bool> read_boolean(const Value& value, std::string_view key) {
    if (value.boolean() == nullptr) {
        return fail_type(value, key, "true or false");
    }
    return *value.boolean();
}

Result<std::int64_t>
read_integer(const Value& value, std::string_view key, std::int64_t least, std::int64_t most) {
    const auto number = whole(value);
    if (!number || *number < least || *number > most) {
        return fail_type(value, key, fmt::format("a whole number from {} to {}", least, most));
    }
    return *number;
}

Result<util::Bytes> read_bytes(const Value& value, std::string_view key) {
    if (const auto* count = std::get_if<std::uint64_t>(&value.data)) {
        return util::Bytes{*count};
    }
    if (value.string() == nullptr) {
        return fail_type(value, key, "a number of bytes, or a string such as \"512 MiB\"");
    }
    const auto bytes = util::Bytes::parse(*value.string());
    if (!bytes) {
        return fail_at(value.position,
                       fmt::format("{}: {}", util::quoted(key), bytes.error().message()));
    }
    return *bytes;
}

Result<const Value::Array*> read_list(const Value& value, std::string_view key) {
    if (value.array() == nullptr) {
        return fail_type(value, key, "a list");
    }
    return value.array();
}

}  // namespace maelstrom::job
