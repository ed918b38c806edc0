#include "config/completion.hpp"

#include "config/help.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <ranges>
#include <vector>

namespace maelstrom::config {

namespace {

std::string_view first_sentence(std::string_view text) {
    const std::size_t end = std::min(text.find(". "), text.find(": "));
    text = text.substr(0, end);
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

std::vector<std::string> values_of(const Option& option) {
    if (option.kind == Kind::level) {
        const auto names = util::log::level_names | std::views::keys;
        return {names.begin(), names.end()};
    }
    return {option.choices.begin(), option.choices.end()};
}

bool is_file(const Option& option) {
    return option.kind == Kind::path;
}

std::vector<const Option*> visible(const Program& program) {
    std::vector<const Option*> result;
    for (const Option& option : program.options) {
        if (!option.hidden && option.form == ListForm::repeated) {
            result.push_back(&option);
        }
    }
    return result;
}

std::string identifier(std::string_view name) {
    std::string result(name);
    std::ranges::replace(result, '-', '_');
    return result;
}

/// "-L|--log-level"
std::string bash_pattern(const Option& option) {
    return option.letter == '\0' ? fmt::format("--{}", option.name)
                                 : fmt::format("-{}|--{}", option.letter, option.name);
}

/// The case that completes the value of an option; its name stands in $previous.
std::string bash_values(const Option& option) {
    std::string action = ":";
    if (is_file(option)) {
        action = "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\"))";
    } else if (const auto values = values_of(option); !values.empty()) {
        action = fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$word\"))", fmt::join(values, " "));
    }
    return fmt::format("        {}) {}; return ;;\n", bash_pattern(option), action);
}

std::string bash(const Program& program) {
    std::string words;
    std::string cases;
    std::string takers;
    for (const Option* option : visible(program)) {
        words += fmt::format("--{} ", option->name);
        if (option->letter != '\0') {
            words += fmt::format("-{} ", option->letter);
        }
        if (option->kind != Kind::boolean) {
            cases += bash_values(*option);
            takers += fmt::format("{}{}", takers.empty() ? "" : "|", bash_pattern(*option));
        }
    }
    // A program's own arguments are completed as if it stood there alone.
    const std::string positional = program.positional.placeholder.empty()
                                       ? ""
                                       : fmt::format(R"(    local at=1
    while ((at < COMP_CWORD)); do
        case ${{COMP_WORDS[at]}} in
        --) ((at++)); _command_offset $at 2>/dev/null; return ;;
        {}) [[ ${{COMP_WORDS[at + 1]}} == = ]] && ((at++)); ((at += 2)) ;;
        -*) ((at++)) ;;
        *) _command_offset $at 2>/dev/null; return ;;
        esac
    done
)",
                                                     takers);
    return fmt::format(R"(# {0}: completion for bash. Load with: source <({0} --completion bash)
_{1}() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
    if [[ $word == = ]]; then
        word=
    elif [[ $previous == = ]]; then
        previous=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    COMPREPLY=()
{2}    case $previous in
{3}    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W '{4}' -- "$word"))
    {5}
}}
complete -F _{1} {0}
)",
                       program.name, identifier(program.name), positional, cases, words,
                       program.positional.placeholder.empty()
                           ? "fi"
                           : "else\n        COMPREPLY=($(compgen -c -- \"$word\"))\n    fi");
}

/// Brackets and colons mean something in zsh's specifications.
std::string zsh_text(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') {
            result += '\\';
        }
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return result;
}

std::string zsh_value(const Option& option) {
    if (option.kind == Kind::boolean) {
        return "";
    }
    const std::string_view name = placeholder_of(option);
    std::string action = " ";
    if (is_file(option)) {
        action = "_files";
    } else if (const auto values = values_of(option); !values.empty()) {
        action = fmt::format("({})", fmt::join(values, " "));
    }
    return fmt::format(":{}:{}", zsh_text(name), action);
}

std::string zsh(const Program& program) {
    std::string text = fmt::format("#compdef {0}\n"
                                   "# {0}: completion for zsh. Save as _{0} in a directory of "
                                   "$fpath.\n_arguments -s -S \\\n",
                                   program.name);
    for (const Option* option : visible(program)) {
        const std::string about = zsh_text(first_sentence(option->help));
        const std::string star = option->kind == Kind::list ? "*" : "";
        const std::string value = zsh_value(*option);
        const std::string equals = value.empty() ? "" : "=";
        text += fmt::format("    '{}--{}{}[{}]{}' \\\n", star, option->name, equals, about, value);
        if (option->letter != '\0') {
            const std::string plus = value.empty() ? "" : "+";
            text +=
                fmt::format("    '{}-{}{}[{}]{}' \\\n", star, option->letter, plus, about, value);
        }
    }
    if (program.positional.placeholder.empty()) {
        return text + "    && return 0\n";
    }
    return text + "    '(-)1:program:_command_names -e' \\\n    '*::arguments:_normal'\n";
}

std::string fish_text(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\'' || c == '\\') {
            result += '\\';
        }
        result += c;
    }
    return result;
}

std::string fish(const Program& program) {
    std::string text = fmt::format("# {0}: completion for fish. Save as {0}.fish in "
                                   "~/.config/fish/completions.\n",
                                   program.name);
    if (!program.positional.placeholder.empty()) {
        text += fmt::format("complete -c {} -f -a '(__fish_complete_subcommand)'\n", program.name);
    }
    for (const Option* option : visible(program)) {
        std::string line = fmt::format("complete -c {} -l {}", program.name, option->name);
        if (option->letter != '\0') {
            line += fmt::format(" -s {}", option->letter);
        }
        if (option->kind != Kind::boolean) {
            line += is_file(*option) ? " -r -F" : " -x";
        }
        if (const auto values = values_of(*option); !values.empty()) {
            line += fmt::format(" -a '{}'", fmt::join(values, " "));
        }
        text += fmt::format("{} -d '{}'\n", line, fish_text(first_sentence(option->help)));
    }
    return text;
}

}  // namespace

std::string completion(const Program& program, std::string_view shell) {
    if (shell == "bash") {
        return bash(program);
    }
    return shell == "zsh" ? zsh(program) : fish(program);
}

}  // namespace maelstrom::config
