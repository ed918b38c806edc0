#include "config/environment.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace maelstrom::config {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

constexpr std::string_view generic_prefix = "MAELSTROM_";
/// Variables with these prefixes are for other programs, or set by us for jobs.
constexpr std::array<std::string_view, 7> foreign{
    "MAELSTROM_RUN_",    "MAELSTROM_PYTEST_", "MAELSTROM_TAP_",  "MAELSTROM_GO_TEST_",
    "MAELSTROM_WORKER_", "MAELSTROM_BROKER_", "MAELSTROM_ADMIN_"};
constexpr std::array<std::string_view, 3> set_for_jobs{"MAELSTROM_TEST", "MAELSTROM_ATTEMPT",
                                                       "MAELSTROM_CASE"};

std::string upper_snake(std::string_view name) {
    std::string result = util::to_upper(name);
    std::ranges::replace(result, '-', '_');
    return result;
}

Result<OptionValue> parse_variable(const Option& option, const std::string& text) {
    if (!util::is_utf8(text)) {
        return fail(ErrorKind::invalid, "found {}, which is not valid UTF-8", util::quoted(text));
    }
    if (option.kind != Kind::list) {
        return parse_option_value(option, text);
    }
    std::vector<std::string> words;
    for (const std::string_view word : util::split_words(text)) {
        words.emplace_back(word);
    }
    return OptionValue(std::move(words));
}

bool is_foreign(const Program& program, std::string_view variable) {
    return std::ranges::any_of(foreign, [&](std::string_view prefix) {
        return prefix != program.variable_prefix && variable.starts_with(prefix);
    });
}

}  // namespace

std::pair<std::string, std::string> variable_names(const Program& program, const Option& option) {
    const std::string suffix = upper_snake(option.name);
    return {std::string(program.variable_prefix) + suffix, std::string(generic_prefix) + suffix};
}

Result<std::optional<std::pair<OptionValue, Origin>>>
from_variables(const Program& program, const Option& option, const Surroundings& surroundings) {
    const auto names = variable_names(program, option);
    for (const std::string& name : {names.first, names.second}) {
        const auto found = surroundings.variables.find(name);
        // An empty list can be meant, an empty number cannot.
        if (found == surroundings.variables.end() ||
            (found->second.empty() && option.kind != Kind::list)) {
            continue;
        }
        OptionValue value = TRY(parse_variable(option, found->second), "variable {}", name);
        return std::pair{std::move(value), Origin{Origin::Source::variable, name}};
    }
    return std::nullopt;
}

std::vector<std::string> misspelt_variables(const Program& program,
                                            const Surroundings& surroundings) {
    std::vector<std::string> known;
    for (const Option& option : program.options) {
        if (option.scope == Scope::everywhere) {
            known.push_back(upper_snake(option.name));
        }
    }
    const std::vector<std::string_view> candidates(known.begin(), known.end());
    std::vector<std::string> sentences;
    for (const auto& [name, value] : surroundings.variables) {
        const bool specific = name.starts_with(program.variable_prefix);
        if ((!specific && !name.starts_with(generic_prefix)) || is_foreign(program, name) ||
            std::ranges::find(set_for_jobs, name) != set_for_jobs.end()) {
            continue;
        }
        const std::string_view prefix = specific ? program.variable_prefix : generic_prefix;
        const std::string_view suffix = std::string_view(name).substr(prefix.size());
        if (std::ranges::find(candidates, suffix) != candidates.end()) {
            continue;
        }
        if (const auto near = util::nearest(suffix, candidates)) {
            sentences.push_back(
                fmt::format("variable {} has no effect; did you mean {}{}?", name, prefix, *near));
        } else if (specific) {
            sentences.push_back(
                fmt::format("variable {} has no effect: {} has no such value", name, program.name));
        }
    }
    return sentences;
}

}  // namespace maelstrom::config
