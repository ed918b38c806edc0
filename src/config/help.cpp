#include "config/help.hpp"

#include "config/directories.hpp"
#include "config/environment.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <vector>

namespace maelstrom::config {

namespace {

constexpr std::size_t indentation = 10;
constexpr std::size_t narrowest = 40;
constexpr std::size_t widest = 120;

/// Columns on a terminal: code points, which is right for the letters and signs used here.
std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Breaks paragraphs between words. A longer word has a line of its own.
std::string wrap(std::string_view text, std::size_t indent, std::size_t width) {
    std::string result;
    for (const std::string_view paragraph : util::split(text, '\n')) {
        std::string line(indent, ' ');
        std::size_t used = indent;
        for (const std::string_view word : util::split_words(paragraph)) {
            if (used > indent && used + 1 + columns(word) > width) {
                result += line + '\n';
                line.assign(indent, ' ');
                used = indent;
            }
            if (used > indent) {
                line += ' ';
                ++used;
            }
            line += word;
            used += columns(word);
        }
        result += line + '\n';
    }
    return result;
}

std::string
with_search_path(const Option& option, const Program& program, const Surroundings& surroundings) {
    std::string text(option.help);
    if (option.name != "config-file") {
        return text;
    }
    const auto directories = Directories::of(surroundings);
    if (directories) {
        text += " Without this option these are read, the first having the last word:";
        for (const std::string& path : directories->config_files(program)) {
            text += "\n" + path;
        }
    }
    return text;
}

/// "[default: 1.0 GB] [env: MAELSTROM_RUN_CACHE_SIZE, MAELSTROM_CACHE_SIZE]"
std::string notes(const Option& option, const Program& program) {
    std::string text;
    if (!option.choices.empty()) {
        text += fmt::format(" [one of: {}]", fmt::join(option.choices, ", "));
    }
    if (!option.fallback.empty()) {
        text += fmt::format(" [default: {}]", option.fallback);
    } else if (!option.absent.empty()) {
        text += fmt::format(" [default: {}]", option.absent);
    } else if (option.kind == Kind::boolean && option.scope == Scope::everywhere) {
        text += " [default: false]";
    }
    if (!option.aliases.empty()) {
        text += fmt::format(" [alias: --{}]", fmt::join(option.aliases, ", --"));
    }
    if (option.scope == Scope::everywhere) {
        const auto [specific, generic] = variable_names(program, option);
        text += fmt::format(" [env: {}, {}]", specific, generic);
    }
    return text;
}

/// "  -L, --log-level LEVEL"
std::string spelling(const Option& option, const Style& style) {
    if (option.form == ListForm::trailing) {
        return fmt::format("      {} {}", style.literal("--"),
                           style.placeholder(fmt::format("{}…", placeholder_of(option))));
    }
    std::string text =
        option.letter == '\0'
            ? std::string(6, ' ')
            : fmt::format("  {}, ", style.literal(fmt::format("-{}", option.letter)));
    text += style.literal(fmt::format("--{}", option.name));
    if (option.kind != Kind::boolean) {
        text += ' ' + style.placeholder(placeholder_of(option));
    }
    return text;
}

class Writer {
public:
    Writer(const Program& program, const Surroundings& surroundings)
        : program_(program), surroundings_(surroundings), style_(surroundings.colour_output),
          width_(std::clamp<std::size_t>(surroundings.width, narrowest, widest)) {}

    std::string write() && {
        text_ = fmt::format("{}\n{}", wrap(program_.summary, 0, width_), usage(program_, style_));
        if (!program_.positional.placeholder.empty()) {
            heading("Arguments");
            text_ += "  " + style_.placeholder(program_.positional.placeholder) + "\n" +
                     wrap(program_.positional.help, indentation, width_);
        }
        section("Print and exit", [](const Option& o) { return o.scope == Scope::exit; });
        section("Configuration file", [](const Option& o) { return o.name == "config-file"; });
        for (const std::string_view group : program_.groups) {
            section(group, [&](const Option& o) {
                return o.scope == Scope::everywhere && o.group == group;
            });
        }
        section("Other options", [](const Option& o) {
            return o.scope == Scope::command_line && o.name != "config-file";
        });
        examples();
        text_ += fmt::format("\n{}", wrap(closing_words(), 0, width_));
        return std::move(text_);
    }

private:
    void heading(std::string_view title) {
        text_ += fmt::format("\n{}\n", style_.heading(fmt::format("{}:", title)));
    }

    template <class Predicate>
    void section(std::string_view title, Predicate belongs) {
        bool first = true;
        for (const Option& option : program_.options) {
            if (option.hidden || !belongs(option)) {
                continue;
            }
            if (std::exchange(first, false)) {
                heading(title);
            }
            text_ += spelling(option, style_) + "\n" +
                     wrap(with_search_path(option, program_, surroundings_), indentation, width_);
            if (const std::string noted = notes(option, program_); !noted.empty()) {
                text_ += wrap(noted, indentation, width_);
            }
        }
    }

    void examples() {
        if (program_.examples.empty()) {
            return;
        }
        heading("EXAMPLES");
        for (const Example& example : program_.examples) {
            text_ += "  " + style_.literal(example.command) + "\n" +
                     wrap(example.meaning, indentation, width_);
        }
    }

    std::string closing_words() const {
        return fmt::format(
            "Every value with [env: …] can be given in three ways. On the command line; a switch "
            "NAME also as --NAME=false or --no-NAME. By a variable: {}NAME, or MAELSTROM_NAME for "
            "all programs, in capitals with underscores. By a key NAME in a configuration file "
            "(TOML). The first of these that says something counts.",
            program_.variable_prefix);
    }

    const Program& program_;
    const Surroundings& surroundings_;
    Style style_;
    std::size_t width_;
    std::string text_;
};

}  // namespace

std::string Style::dress(std::string_view code, std::string_view text) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string help(const Program& program, const Surroundings& surroundings) {
    return Writer(program, surroundings).write();
}

std::string usage(const Program& program, const Style& style) {
    std::string text = style.heading("Usage:");
    std::string_view gap = " ";
    for (const std::string_view form : program.usage) {
        text += fmt::format("{}{} {}\n", gap, style.literal(program.name), form);
        gap = "       ";
    }
    return text;
}

std::string_view placeholder_of(const Option& option) {
    if (!option.placeholder.empty()) {
        return option.placeholder;
    }
    switch (option.kind) {
    case Kind::path:
        return "PATH";
    case Kind::number:
    case Kind::slots:
        return "N";
    case Kind::size:
        return "SIZE";
    case Kind::level:
        return "LEVEL";
    case Kind::address:
        return "HOST:PORT";
    case Kind::character:
        return "CHARACTER";
    default:
        return "VALUE";
    }
}

}  // namespace maelstrom::config
