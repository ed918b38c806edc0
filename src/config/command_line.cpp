#include "config/command_line.hpp"

#include "util/text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::config {

namespace {

// CLI11 takes `--name=` for "the value comes next" and `-n=V` for the value "=V". Both are written
// differently for it, one argument for one, so that what follows the first positional can still be
// taken from the original arguments.
const std::string empty_value = "\x1f(empty)\x1f";

bool takes_value(std::span<const Option> options, char letter) {
    return std::ranges::any_of(options, [&](const Option& option) {
        return option.letter == letter && option.kind != Kind::boolean;
    });
}

std::string for_cli11(std::span<const Option> options, const std::string& argument) {
    if (argument.starts_with("--")) {
        const bool empty = argument.size() > 3 && argument.find('=') == argument.size() - 1;
        return empty ? argument + empty_value : argument;
    }
    if (argument.size() > 2 && argument[0] == '-' && argument[2] == '=' &&
        takes_value(options, argument[1])) {
        const std::string value = argument.substr(3);
        return argument.substr(0, 2) + (value.empty() ? empty_value : value);
    }
    return argument;
}

/// "-L,--log-level", "--read-only,!--no-read-only".
std::string cli11_names(const Option& option) {
    std::string names = fmt::format("--{}", option.name);
    if (option.letter != '\0') {
        names = fmt::format("-{},{}", option.letter, names);
    }
    for (const std::string_view alias : option.aliases) {
        names += fmt::format(",--{}", alias);
    }
    if (option.kind == Kind::boolean && option.scope == Scope::everywhere) {
        names += fmt::format(",!--no-{}", option.name);
    }
    return names;
}

bool is_typed(const Option& option) {
    return option.form == ListForm::repeated;
}

CLI::Option* declare(CLI::App& app, const Option& option) {
    CLI::Option* added = option.kind == Kind::boolean ? app.add_flag(cli11_names(option))
                                                      : app.add_option(cli11_names(option));
    // All that was given stays, so that a repeated one can be told.
    added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    added->allow_extra_args(false);
    return added;
}

std::string with_letter(const Option& option) {
    return option.letter == '\0' ? fmt::format("--{}", option.name)
                                 : fmt::format("--{} (-{})", option.name, option.letter);
}

std::optional<std::string> mistake_in(const Option& option, const std::vector<std::string>& texts) {
    if (texts.size() > 1 && option.kind != Kind::list) {
        return fmt::format("{} was given {} times, expected once", with_letter(option),
                           texts.size());
    }
    if (option.kind == Kind::boolean && texts[0] != "true" && texts[0] != "false") {
        return fmt::format("--{}={}: this option is a switch; expected --{}, --{}=true or "
                           "--{}=false",
                           option.name, texts[0], option.name, option.name, option.name);
    }
    return std::nullopt;
}

std::string unknown_option(std::span<const Option> options, const std::string& argument) {
    const std::string_view typed = std::string_view(argument).substr(0, argument.find('='));
    std::vector<std::string> known;
    for (const Option& option : options) {
        if (is_typed(option)) {
            known.push_back(fmt::format("--{}", option.name));
        }
    }
    const std::vector<std::string_view> names(known.begin(), known.end());
    const std::string text = fmt::format("unknown option {}", util::quoted(typed));
    if (const auto near = util::nearest(typed, names); near && typed.starts_with("--")) {
        return fmt::format("{}; did you mean {}?", text, *near);
    }
    return text;
}

/// CLI11's own texts name options without their dashes' context; its kinds of error are few.
std::string describe(const CLI::ParseError& error,
                     std::span<const Option> options,
                     std::span<const std::string> arguments) {
    const std::string last = arguments.empty() ? "" : arguments.back();
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
        const char letter = last.size() == 2 ? last[1] : '\0';
        const auto option = std::ranges::find(options, letter, &Option::letter);
        return letter == '\0' || option == options.end()
                   ? fmt::format("{} needs a value", util::quoted(last))
                   : fmt::format("{} is short for --{} here and needs a value", util::quoted(last),
                                 option->name);
    }
    return error.what();
}

/// The leftovers are unknown options, then perhaps `--`, then all from the first positional on.
void sort_leftovers(const std::vector<std::string>& leftovers,
                    std::span<const Option> options,
                    std::span<const std::string> arguments,
                    CommandLine& result) {
    std::size_t at = 0;
    while (at < leftovers.size() && leftovers[at].size() > 1 && leftovers[at][0] == '-' &&
           leftovers[at] != "--") {
        if (!result.mistake) {
            result.mistake = unknown_option(options, leftovers[at]);
        }
        ++at;
    }
    if (at < leftovers.size() && leftovers[at] == "--") {
        result.after_mark = true;
        ++at;
    }
    const std::size_t count = leftovers.size() - at;
    result.positionals.assign(arguments.end() - static_cast<std::ptrdiff_t>(count),
                              arguments.end());
}

void collect(const std::vector<std::pair<const Option*, CLI::Option*>>& declared,
             CommandLine& result) {
    for (const auto& [option, parsed] : declared) {
        std::vector<std::string> texts = parsed->results();
        if (texts.empty()) {
            continue;
        }
        std::ranges::replace(texts, empty_value, std::string());
        if (!result.mistake) {
            result.mistake = mistake_in(*option, texts);
        }
        result.given.emplace(option->name, std::move(texts));
    }
    for (const auto& [option, parsed] : declared) {
        for (const std::string_view other : option->excludes) {
            if (!result.mistake && result.given.contains(option->name) &&
                result.given.contains(other)) {
                result.mistake =
                    fmt::format("--{} cannot be used together with --{}", option->name, other);
            }
        }
    }
}

}  // namespace

CommandLine parse_command_line(std::span<const Option> options,
                               std::span<const std::string> arguments) {
    CommandLine result;
    if (arguments.empty()) {
        return result;
    }
    CLI::App app;
    app.set_help_flag();
    app.prefix_command();
    std::vector<std::pair<const Option*, CLI::Option*>> declared;
    for (const Option& option : options) {
        if (is_typed(option)) {
            declared.emplace_back(&option, declare(app, option));
        }
    }
    std::vector<std::string> reversed;  // as CLI11 wants them
    for (const std::string& argument : arguments) {
        reversed.push_back(for_cli11(options, argument));
    }
    std::ranges::reverse(reversed);
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        result.mistake = describe(error, options, arguments);
    }
    collect(declared, result);
    sort_leftovers(app.remaining(), options, arguments, result);
    return result;
}

}  // namespace maelstrom::config
