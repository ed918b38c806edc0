#include "job/expand.hpp"

#include "util/text.hpp"

namespace maelstrom::job {

namespace {

using util::ErrorKind;
using util::fail;
using util::Result;

constexpr std::string_view from_client = "env{";
constexpr std::string_view from_previous = "prev{";

/// The value of `NAME` or `NAME:-default`, the inside of a brace.
Result<std::string>
look_up(std::string_view inside, const Variables& variables, std::string_view whose) {
    const std::size_t separator = inside.find(":-");
    const std::string name(inside.substr(0, separator));
    const auto found = variables.find(name);
    if (separator != std::string_view::npos &&
        (found == variables.end() || found->second.empty())) {
        return std::string(inside.substr(separator + 2));
    }
    if (found == variables.end()) {
        return fail(ErrorKind::not_found,
                    "the variable {} is not set in {}; \":-\" and a default may follow the name",
                    util::quoted(name), whose);
    }
    if (!util::is_utf8(found->second)) {
        return fail(ErrorKind::invalid, "the variable {} in {} is not valid UTF-8",
                    util::quoted(name), whose);
    }
    return found->second;
}

}  // namespace

Result<std::string>
expand(std::string_view text, const Variables& client, const Variables& previous) {
    std::string result;
    for (;;) {
        const std::size_t dollar = text.find('$');
        result += text.substr(0, dollar);
        if (dollar == std::string_view::npos) {
            return result;
        }
        text.remove_prefix(dollar + 1);
        if (text.starts_with('$')) {
            result += '$';
            text.remove_prefix(1);
            continue;
        }
        const bool is_client = text.starts_with(from_client);
        if (!is_client && !text.starts_with(from_previous)) {
            return fail(ErrorKind::invalid,
                        "after \"$\" must stand \"env{{\", \"prev{{\" or another \"$\", found {}",
                        text.empty() ? "the end" : util::quoted(text.substr(0, 20)));
        }
        text.remove_prefix((is_client ? from_client : from_previous).size());
        // A dollar sign inside would look like an expansion and be none.
        const std::size_t end = text.find_first_of("}$");
        if (end == std::string_view::npos || text[end] == '$') {
            return fail(ErrorKind::invalid, "unterminated brace: \"}}\" is missing{}",
                        end == std::string_view::npos ? "" : " before the next \"$\"");
        }
        result += TRY(look_up(text.substr(0, end), is_client ? client : previous,
                              is_client ? "the client's environment" : "the variables so far"));
        text.remove_prefix(end + 1);
    }
}

Result<Variables> evaluate_environment(std::span<const EnvironmentElement> elements,
                                       const Variables& client,
                                       Variables start) {
    Variables variables = std::move(start);
    for (const EnvironmentElement& element : elements) {
        Variables expanded;
        for (const auto& [key, value] : element.vars) {
            expanded[key] = TRY(expand(value, client, variables), "environment variable {}={}", key,
                                util::quoted(value));
        }
        if (element.extend) {
            // Keeps what `expanded` has and adds the rest.
            expanded.merge(variables);
        }
        variables = std::move(expanded);
    }
    return variables;
}

std::vector<std::string> to_list(const Variables& variables) {
    std::vector<std::string> list;
    list.reserve(variables.size());
    for (const auto& [key, value] : variables) {
        list.push_back(fmt::format("{}={}", key, value));
    }
    return list;
}

}  // namespace maelstrom::job
