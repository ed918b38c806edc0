#include "job/parse_parts.hpp"
#include "job/reader.hpp"
#include "util/text.hpp"

#include <array>

namespace maelstrom::job {

namespace {

using util::fail_at;
using util::Result;
using util::Value;

Result<std::map<std::string, std::string>> parse_variables(const Value& value,
                                                           std::string_view key) {
    if (value.object() == nullptr) {
        return fail_type(value, key, "an object of strings");
    }
    std::map<std::string, std::string> variables;
    for (const Value::Member& member : *value.object()) {
        const std::string& name = member.key;
        if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != std::string::npos) {
            return fail_at(member.position,
                           fmt::format("{} is no name of an environment variable: it {}",
                                       util::quoted(name),
                                       name.empty() ? "is empty" : "holds \"=\" or a NUL byte"));
        }
        variables.emplace(name, TRY(read_string(member.value, name)));
    }
    return variables;
}

Result<EnvironmentElement> parse_element(const Value& value) {
    constexpr std::string_view what = "an environment element";
    constexpr std::array<std::string_view, 2> legal{"vars", "extend"};
    TRY(check_object(value, what, legal));
    const Value* vars = TRY(required(value, "vars", what));
    const Value* extend = TRY(required(value, "extend", what));
    EnvironmentElement element;
    element.vars = TRY(parse_variables(*vars, "vars"));
    element.extend = TRY(read_boolean(*extend, "extend"));
    return element;
}

}  // namespace

Result<std::vector<EnvironmentElement>> parse_environment(const Value& value,
                                                          std::string_view key) {
    std::vector<EnvironmentElement> elements;
    if (value.object() != nullptr) {
        elements.push_back({TRY(parse_variables(value, key)), true});
        return elements;
    }
    if (value.array() == nullptr) {
        return fail_type(value, key,
                         "an object of strings, or a list of objects with \"vars\" and \"extend\"");
    }
    for (const Value& item : *value.array()) {
        elements.push_back(TRY(parse_element(item)));
    }
    return elements;
}

}  // namespace maelstrom::job
