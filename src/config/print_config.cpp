#include "config/print_config.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace maelstrom::config {

namespace {

std::string origin_text(const Origin& origin) {
    switch (origin.source) {
    case Origin::Source::fallback:
        return "default";
    case Origin::Source::command_line:
        return "command line";
    case Origin::Source::variable:
    case Origin::Source::file:
        break;
    }
    return origin.place;
}

/// A secret is commented out: masked, it would be wrong as a value.
std::pair<std::string, std::string> line_of(const Option& option, const Values& values) {
    const OptionValue* value = values.find(option.name);
    if (value == nullptr && option.kind == Kind::boolean) {
        return {fmt::format("{} = false", option.name), "default"};
    }
    if (value == nullptr && option.kind == Kind::list) {
        return {fmt::format("{} = []", option.name), "default"};
    }
    if (value == nullptr) {
        return {fmt::format("# {}", option.name),
                option.absent.empty() ? "unset" : fmt::format("unset: {}", option.absent)};
    }
    const std::string origin = origin_text(values.origin(option.name));
    if (option.secret) {
        return {fmt::format("# {}", option.name), fmt::format("set, not shown; {}", origin)};
    }
    return {fmt::format("{} = {}", option.name, to_toml(*value)), origin};
}

}  // namespace

std::string print_configuration(const Program& program, const Values& values) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const Option& option : program.options) {
        const bool shown = !option.hidden || values.has(option.name);
        if (option.scope == Scope::everywhere && shown) {
            lines.push_back(line_of(option, values));
        }
    }
    std::size_t column = 0;
    for (const auto& [line, origin] : lines) {
        column = std::max(column, std::min<std::size_t>(line.size(), 48));
    }
    std::string text;
    for (const auto& [line, origin] : lines) {
        text += fmt::format("{:<{}}  # {}\n", line, column, origin);
    }
    return text;
}

}  // namespace maelstrom::config
