#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::config {

/// How a value is spelled, checked and shown.
enum class Kind {
    boolean,
    text,
    path,
    number,     ///< between `Option::least` and `Option::most`
    slots,      ///< 1 to `most_slots`
    size,       ///< "1.5 MiB"
    level,      ///< of log messages
    address,    ///< HOST:PORT, kept as text
    character,  ///< one ASCII character, see character.hpp
    choice,     ///< one of `Option::choices`
    list,       ///< texts: the option repeated, a variable split at blanks, an array
};

inline constexpr unsigned most_slots = 1000;

/// Where a value may come from.
enum class Scope {
    everywhere,    ///< a configuration value: command line, variables, files
    command_line,  ///< an option of this one call
    exit,          ///< prints something and ends the program
};

enum class ListForm {
    repeated,  ///< `--name=A --name=B`
    trailing,  ///< everything after `--`
};

/// The programs that have an option, as a set of bits.
enum class Programs : std::uint8_t {
    run = 1,
    cargo = 2,
    go_test = 4,
    pytest = 8,
    tap = 128,
    test_runners = cargo | go_test | pytest | tap,
    clients = run | test_runners,
    worker = 16,
    broker = 32,
    admin = 64,
    all = 255,
};

constexpr bool overlap(Programs a, Programs b) {
    return (static_cast<unsigned>(a) & static_cast<unsigned>(b)) != 0;
}
constexpr Programs operator|(Programs a, Programs b) {
    return static_cast<Programs>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// One row of a table of options. From it come parsing, variables, file keys, help, the printed
/// configuration and shell completion; nothing about an option is written anywhere else.
struct Option {
    std::string_view name;  ///< kebab-case
    char letter = '\0';     ///< short form
    Kind kind = Kind::text;
    std::string_view placeholder;  ///< "PATH"; empty: one that fits the kind
    std::string fallback;          ///< the default, spelled as a user would
    std::string_view absent;       ///< without a default: what leaving it out means
    std::string_view help;
    std::string_view group;
    Programs programs = Programs::all;
    Scope scope = Scope::everywhere;
    ListForm form = ListForm::repeated;
    std::vector<std::string_view> choices;   ///< Kind::choice
    std::uint64_t least = 0;                 ///< Kind::number
    std::uint64_t most = UINT32_MAX;         ///< Kind::number
    std::vector<std::string_view> aliases;   ///< further long names
    std::vector<std::string_view> excludes;  ///< options that may not be given with it
    bool required = false;
    bool hidden = false;  ///< not in the help
    bool secret = false;  ///< never printed in clear
};

/// What help and completion say about arguments that are not options.
struct Positional {
    std::string_view placeholder;  ///< empty: the program takes none
    std::string_view help;
    /// The program's options may also stand behind them, up to `--`.
    bool options_may_follow = false;
    /// Options that are not the program's own count as positionals, and are handed on to another.
    bool foreign_options = false;
    /// Short ones that are foreign behind the first positional, even where the program has them
    /// too.
    std::string_view foreign_letters = {};
};

struct Example {
    std::string_view command;
    std::string_view meaning;
};

/// What a program is, as far as its options go.
struct Program {
    std::string_view name;
    Programs id = Programs::run;
    std::string_view variable_prefix;           ///< "MAELSTROM_RUN_"
    std::vector<std::string_view> directories;  ///< below `maelstrom` in the XDG directories
    std::string_view summary;
    std::vector<std::string_view> usage;  ///< forms of call, without the program's name
    Positional positional;
    std::vector<Example> examples;
    std::vector<Option> options;           ///< all rows, in the order of the help
    std::vector<std::string_view> groups;  ///< of configuration values, in the order of the help
};

}  // namespace maelstrom::config
