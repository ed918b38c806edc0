#include "config/parted.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <iterator>

namespace maelstrom::config {

namespace {

/// A slip of the pen, not just another word: other programs have short options in plenty.
bool looks_like_one_of(const Program& program, std::string_view argument) {
    const std::string_view word = argument.substr(2, argument.find('=') - 2);
    std::vector<std::string_view> names;
    for (const Option& option : program.options) {
        if (!word.empty() && option.name.starts_with(word.front())) {
            names.push_back(option.name);
        }
    }
    return util::nearest(word, names, word.size() < 9 ? 1 : 2).has_value();
}

bool is_named(const Option& option, std::string_view name) {
    return option.name == name || std::ranges::find(option.aliases, name) != option.aliases.end();
}

const Option* with_letter(const Program& program, char letter) {
    const auto found = std::ranges::find(program.options, letter, &Option::letter);
    return found == program.options.end() ? nullptr : &*found;
}

/// An option of the program that an argument begins with.
struct Recognised {
    const Option* option = nullptr;
    bool has_value = false;  ///< in the same argument
};

Recognised long_option(const Program& program, std::string_view argument) {
    const std::string_view name = argument.substr(2, argument.find('=') - 2);
    for (const Option& option : program.options) {
        const bool denied = option.kind == Kind::boolean && name.starts_with("no-") &&
                            option.name == name.substr(3);
        if (denied || is_named(option, name)) {
            return {&option, argument.contains('=')};
        }
    }
    return {};
}

/// Switches can be joined, "-lr3": the first that takes a value ends them.
Recognised short_options(const Program& program, std::string_view argument) {
    for (std::size_t at = 1; at < argument.size(); ++at) {
        const Option* option = with_letter(program, argument[at]);
        if (option == nullptr) {
            return {};
        }
        const bool is_last = at + 1 == argument.size();
        if (is_last || option->kind != Kind::boolean) {
            return {option, !is_last};
        }
    }
    return {};
}

Recognised recognise(const Program& program, std::string_view argument, bool is_behind_positional) {
    if (argument.starts_with("--")) {
        return long_option(program, argument);
    }
    if (argument.size() < 2 || argument[0] != '-') {
        return {};
    }
    const bool is_foreign =
        is_behind_positional && program.positional.foreign_letters.contains(argument[1]);
    return is_foreign ? Recognised{} : short_options(program, argument);
}

/// An option that nobody has is a mistake, unless it may be somebody else's and does not look like
/// a slip of the pen.
bool is_mistake(const Program& program, std::string_view argument) {
    if (argument == "-" || !argument.starts_with('-')) {
        return false;
    }
    return !program.positional.foreign_options ||
           (argument.starts_with("--") && looks_like_one_of(program, argument));
}

}  // namespace

Parted part(const Program& program, std::span<const std::string> arguments) {
    if (!program.positional.options_may_follow) {
        return {.options = {arguments.begin(), arguments.end()}};
    }
    Parted parted;
    std::size_t at = 0;
    for (; at < arguments.size() && arguments[at] != "--"; ++at) {
        const bool behind_positional = !parted.positionals.empty();
        const Recognised found = recognise(program, arguments[at], behind_positional);
        const bool is_ours = found.option != nullptr;
        const bool stays = !is_ours && (behind_positional || !is_mistake(program, arguments[at]));
        (stays ? parted.positionals : parted.options).push_back(arguments[at]);
        const bool takes_next = is_ours && found.option->kind != Kind::boolean && !found.has_value;
        if (takes_next && at + 1 < arguments.size()) {
            parted.options.push_back(arguments[++at]);
        }
    }
    parted.after_mark = parted.positionals.empty() && at < arguments.size();
    at += parted.after_mark ? 1 : 0;
    std::ranges::copy(arguments.subspan(at), std::back_inserter(parted.positionals));
    return parted;
}

}  // namespace maelstrom::config
