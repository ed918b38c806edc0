#include "config/option_value.hpp"

#include "config/character.hpp"
#include "util/check.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace maelstrom::config {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

std::pair<std::uint64_t, std::uint64_t> range_of(const Option& option) {
    return option.kind == Kind::slots ? std::pair<std::uint64_t, std::uint64_t>{1, most_slots}
                                      : std::pair{option.least, option.most};
}

Result<OptionValue> parse_number(const Option& option, std::string_view text) {
    const auto [least, most] = range_of(option);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || number < least || number > most) {
        return fail(ErrorKind::invalid, "found {}, expected a whole number, {} to {}",
                    util::quoted(text), least, most);
    }
    return OptionValue(number);
}

Result<OptionValue> parse_boolean(std::string_view text) {
    if (text != "true" && text != "false") {
        return fail(ErrorKind::invalid, "found {}, expected true or false", util::quoted(text));
    }
    return OptionValue(text == "true");
}

Result<OptionValue> parse_level(std::string_view text) {
    const auto found =
        std::ranges::find(util::log::level_names, text, [](const auto& row) { return row.first; });
    if (found == util::log::level_names.end()) {
        return fail(ErrorKind::invalid, "found {}, expected error, warning, info or debug",
                    util::quoted(text));
    }
    return OptionValue(found->second);
}

Result<OptionValue> parse_choice(const Option& option, std::string_view text) {
    if (std::ranges::find(option.choices, text) == option.choices.end()) {
        return fail(ErrorKind::invalid, "found {}, expected {}", util::quoted(text),
                    util::one_of(option.choices));
    }
    return OptionValue(std::string(text));
}

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size();
}

/// Names are looked up where the address is used, not here.
Result<OptionValue> parse_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    const std::string_view host = text.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (colon == std::string_view::npos || host.empty() || !is_port(text.substr(colon + 1)) ||
        (!bracketed && host.contains(':'))) {
        return fail(ErrorKind::invalid,
                    "found {}, expected HOST:PORT, such as broker.example:4000 or [::1]:4000",
                    util::quoted(text));
    }
    return OptionValue(std::string(text));
}

std::unexpected<util::Error> wrong_type(const util::Value& value, std::string_view expected) {
    return util::fail_at(value.position,
                         fmt::format("found {}, expected {}", value.type_name(), expected));
}

std::optional<std::string> integer_text(const util::Value& value) {
    if (const auto* number = std::get_if<std::uint64_t>(&value.data)) {
        return std::to_string(*number);
    }
    if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
        return std::to_string(*number);
    }
    return std::nullopt;
}

Result<OptionValue> list_from(const util::Value& value) {
    const util::Value::Array* array = value.array();
    if (array == nullptr) {
        return wrong_type(value, "a list of strings");
    }
    std::vector<std::string> texts;
    for (const util::Value& element : *array) {
        if (element.string() == nullptr) {
            return wrong_type(element, "a string");
        }
        texts.push_back(*element.string());
    }
    return OptionValue(std::move(texts));
}

/// An integer is the character's code.
Result<OptionValue> character_from_code(const util::Value& value) {
    const auto* code = std::get_if<std::uint64_t>(&value.data);
    if (code == nullptr || *code > 0x7f) {
        return util::fail_at(value.position, "expected the code of an ASCII character, 0 to 127");
    }
    return OptionValue(static_cast<char>(*code));
}

std::string toml_string(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            result += fmt::format("\\u{:04x}", byte);
        } else {
            result += c;
        }
    }
    return result + '"';
}

struct TomlOf {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::uint64_t value) const { return std::to_string(value); }
    std::string operator()(util::Bytes value) const {
        // The short form only where it says the same.
        const std::string shown = value.to_string();
        const auto again = util::Bytes::parse(shown);
        return again && *again == value ? toml_string(shown) : std::to_string(value.count);
    }
    std::string operator()(util::log::Level value) const {
        return toml_string(util::log::name_of(value));
    }
    std::string operator()(char value) const { return toml_string(show_character(value)); }
    std::string operator()(const std::string& value) const { return toml_string(value); }
    std::string operator()(const std::vector<std::string>& value) const {
        std::vector<std::string> texts;
        std::ranges::transform(value, std::back_inserter(texts), toml_string);
        return fmt::format("[{}]", fmt::join(texts, ", "));
    }
};

}  // namespace

Result<OptionValue> parse_option_value(const Option& option, std::string_view text) {
    switch (option.kind) {
    case Kind::boolean:
        return parse_boolean(text);
    case Kind::number:
    case Kind::slots:
        return parse_number(option, text);
    case Kind::size:
        return OptionValue(TRY(util::Bytes::parse(text)));
    case Kind::level:
        return parse_level(text);
    case Kind::address:
        return parse_address(text);
    case Kind::character:
        return OptionValue(TRY(parse_character(text)));
    case Kind::choice:
        return parse_choice(option, text);
    case Kind::text:
    case Kind::path:
    case Kind::list:
        break;
    }
    CHECK(option.kind != Kind::list);
    return OptionValue(std::string(text));
}

Result<OptionValue> option_value_from(const Option& option, const util::Value& value) {
    if (option.kind == Kind::list) {
        return list_from(value);
    }
    if (option.kind == Kind::boolean) {
        if (value.boolean() == nullptr) {
            return wrong_type(value, "true or false");
        }
        return OptionValue(*value.boolean());
    }
    const bool numeric =
        option.kind == Kind::number || option.kind == Kind::slots || option.kind == Kind::size;
    if (const std::optional<std::string> integer = integer_text(value)) {
        if (option.kind == Kind::character) {
            return character_from_code(value);
        }
        if (numeric) {
            return parse_option_value(option, *integer);
        }
    }
    if (value.string() == nullptr) {
        return wrong_type(value, numeric ? "an integer or a string" : "a string");
    }
    return parse_option_value(option, *value.string());
}

std::string to_toml(const OptionValue& value) {
    return std::visit(TomlOf{}, value);
}

}  // namespace maelstrom::config
