#pragma once

#include "util/bytes.hpp"
#include "util/error.hpp"
#include "util/value.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Reading typed values out of a `util::Value`, with complaints that say the place, the key, what
// was found and what was expected. `key` is only for the message.

namespace maelstrom::job {

/// An error unless `value` is an object with none but the legal keys. `what` is "a job", "a bind
/// mount".
util::Result<void> check_object(const util::Value& value,
                                std::string_view what,
                                std::span<const std::string_view> legal);
std::unexpected<util::Error> fail_unknown_key(const util::Value::Member& member,
                                              std::string_view what,
                                              std::span<const std::string_view> legal);
std::unexpected<util::Error>
fail_type(const util::Value& value, std::string_view key, std::string_view expected);
std::unexpected<util::Error> fail_word(const util::Value& value,
                                       std::string_view key,
                                       std::string_view word,
                                       std::span<const std::string_view> legal);

/// The member of that name; none if it is absent or null.
const util::Value::Member* given(const util::Value& object, std::string_view key);
/// The value of that member, or an error that it is missing from `what`.
util::Result<const util::Value*>
required(const util::Value& object, std::string_view key, std::string_view what);

/// Without NUL bytes: no string of a specification may hold one.
util::Result<std::string> read_string(const util::Value& value, std::string_view key);
util::Result<std::vector<std::string>> read_strings(const util::Value& value, std::string_view key);
util::Result<bool> read_boolean(const util::Value& value, std::string_view key);
util::Result<std::int64_t>
read_integer(const util::Value& value, std::string_view key, std::int64_t least, std::int64_t most);
/// A whole number of bytes, or a string with a unit.
util::Result<util::Bytes> read_bytes(const util::Value& value, std::string_view key);
util::Result<const util::Value::Array*> read_list(const util::Value& value, std::string_view key);

/// One of some words, each with what it stands for.
template <class T, std::size_t Count>
util::Result<T> read_word(const util::Value& value,
                          std::string_view key,
                          const std::pair<std::string_view, T> (&words)[Count]) {
    const std::string text = TRY(read_string(value, key));
    std::vector<std::string_view> legal;
    for (const auto& [word, meaning] : words) {
        if (word == text) {
            return meaning;
        }
        legal.push_back(word);
    }
    return fail_word(value, key, text, legal);
}

}  // namespace maelstrom::job
