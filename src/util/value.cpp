#include "util/value.hpp"

#include <array>

namespace maelstrom::util {

std::string_view Value::type_name() const {
    constexpr std::array<std::string_view, 8> names{"null",       "a boolean", "an integer",
                                                    "an integer", "a number",  "a string",
                                                    "a list",     "an object"};
    return names[data.index()];
}

const Value* Value::find(std::string_view key) const {
    if (const Object* members = object()) {
        for (const Member& member : *members) {
            if (member.key == key) {
                return &member.value;
            }
        }
    }
    return nullptr;
}

std::unexpected<Error> fail_at(Position position, std::string_view message) {
    if (position.line == 0) {
        return fail(ErrorKind::invalid, "{}", message);
    }
    return fail(ErrorKind::invalid, "line {}, column {}: {}", position.line, position.column,
                message);
}

}  // namespace maelstrom::util
