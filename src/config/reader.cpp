#include "config/reader.hpp"

#include "config/command_line.hpp"
#include "config/completion.hpp"
#include "config/directories.hpp"
#include "config/environment.hpp"
#include "config/file.hpp"
#include "config/help.hpp"
#include "config/option_value.hpp"
#include "config/parted.hpp"
#include "config/print_config.hpp"
#include "util/check.hpp"
#include "util/text.hpp"
#include "util/version.hpp"

#include <algorithm>
#include <cstdio>

namespace maelstrom::config {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

using Found = std::optional<std::pair<OptionValue, Origin>>;

bool asked(const CommandLine& line, std::string_view name) {
    const auto found = line.given.find(name);
    return found != line.given.end() && found->second.back() != "false";
}

/// For a shell that starts, which cares for no mistake in a file.
std::optional<Ending> completion_ending(const Program& program,
                                        const Surroundings& surroundings,
                                        const CommandLine& line) {
    const auto option = std::ranges::find(program.options, "completion", &Option::name);
    const auto given = line.given.find("completion");
    if (option == program.options.end() || given == line.given.end()) {
        return std::nullopt;
    }
    const auto value = parse_option_value(*option, given->second.front());
    if (!value) {
        return start_error(surroundings,
                           fmt::format("option --completion: {}", value.error().message()));
    }
    return Ending{0, completion(program, given->second.front()), ""};
}

/// The warnings of a run, too.
Ending print_ending(const Program& program, const Configuration& configuration) {
    Ending ending{0, print_configuration(program, configuration.values), ""};
    for (const std::string& warning : configuration.warnings) {
        ending.errors += fmt::format("warning: {}\n", warning);
    }
    return ending;
}

/// What is printed although nothing else may be right.
std::optional<Ending>
early_ending(const Program& program, const Surroundings& surroundings, const CommandLine& line) {
    if (asked(line, "help")) {
        return Ending{0, help(program, surroundings), ""};
    }
    if (asked(line, "version")) {
        return Ending{0, fmt::format("{} {}\n", program.name, util::version), ""};
    }
    return std::nullopt;
}

std::optional<std::string> wrong_positionals(const Program& program, const CommandLine& line) {
    const bool trailing = std::ranges::any_of(
        program.options, [](const Option& option) { return option.form == ListForm::trailing; });
    if (line.positionals.empty() || !program.positional.placeholder.empty() ||
        (trailing && line.after_mark)) {
        return std::nullopt;
    }
    return fmt::format("unexpected argument {}{}", util::quoted(line.positionals.front()),
                       trailing ? "; arguments to pass on stand after --" : "");
}

Result<std::vector<File>>
read_files(const Program& program, const Surroundings& surroundings, const CommandLine& line) {
    std::vector<File> files;
    const auto given = line.given.find("config-file");
    if (given != line.given.end()) {
        const std::string& path = given->second.front();
        if (path == "-") {
            return files;
        }
        std::optional<File> file = TRY(File::read(path));
        if (!file) {
            return fail(ErrorKind::not_found, "configuration file {}: no such file", path);
        }
        files.push_back(*std::move(file));
        return files;
    }
    const Directories directories = TRY(Directories::of(surroundings));
    for (const std::string& path : directories.config_files(program)) {
        if (std::optional<File> file = TRY(File::read(path))) {
            files.push_back(*std::move(file));
        }
    }
    return files;
}

Result<Found> from_command_line(const Option& option, const CommandLine& line) {
    const Origin origin{Origin::Source::command_line, ""};
    if (option.form == ListForm::trailing) {
        return line.positionals.empty() ? Found() : Found(std::pair{line.positionals, origin});
    }
    const auto given = line.given.find(option.name);
    if (given == line.given.end()) {
        return Found();
    }
    for (const std::string& text : given->second) {
        if (!util::is_utf8(text)) {
            return fail(ErrorKind::invalid, "option --{}: found {}, which is not valid UTF-8",
                        option.name, util::quoted(text));
        }
    }
    if (option.kind == Kind::list) {
        return Found(std::pair{given->second, origin});
    }
    OptionValue value =
        TRY(parse_option_value(option, given->second.front()), "option --{}", option.name);
    return Found(std::pair{std::move(value), origin});
}

Result<Found> from_files(const Option& option, const std::vector<File>& files) {
    for (const File& file : files) {
        if (Found found = TRY(file.look_up(option))) {
            return found;
        }
    }
    return Found();
}

Result<Found> from_default(const Option& option) {
    if (option.fallback.empty()) {
        return Found();
    }
    OptionValue value =
        TRY(parse_option_value(option, option.fallback), "default of --{}", option.name);
    return Found(std::pair{std::move(value), Origin{}});
}

Result<Found> find_value(const Program& program,
                         const Surroundings& surroundings,
                         const CommandLine& line,
                         const std::vector<File>& files,
                         const Option& option) {
    if (Found found = TRY(from_command_line(option, line))) {
        return found;
    }
    if (option.scope == Scope::everywhere) {
        if (Found found = TRY(from_variables(program, option, surroundings))) {
            return found;
        }
        if (Found found = TRY(from_files(option, files))) {
            return found;
        }
    }
    return from_default(option);
}

std::unexpected<util::Error> missing(const Program& program, const Option& option) {
    const auto [specific, generic] = variable_names(program, option);
    return fail(ErrorKind::invalid,
                "{} must be given: by option --{}, variable {} or {}, or key {} in a configuration "
                "file",
                option.name, option.name, specific, generic, option.name);
}

Result<Configuration>
resolve(const Program& program, const Surroundings& surroundings, CommandLine& line) {
    const std::vector<File> files = TRY(read_files(program, surroundings, line));
    Configuration result;
    for (const Option& option : program.options) {
        if (option.scope == Scope::exit && option.kind == Kind::boolean) {
            continue;
        }
        Found found = TRY(find_value(program, surroundings, line, files, option));
        if (found) {
            result.values.set(option.name, std::move(found->first), std::move(found->second));
        } else if (option.required) {
            return missing(program, option);
        }
    }
    for (const File& file : files) {
        std::ranges::move(file.unknown_keys(program), std::back_inserter(result.warnings));
    }
    std::ranges::move(misspelt_variables(program, surroundings),
                      std::back_inserter(result.warnings));
    result.positionals = std::move(line.positionals);
    result.after_mark = line.after_mark;
    return result;
}

CommandLine parse(const Program& program, std::span<const std::string> arguments) {
    Parted parted = part(program, arguments);
    CommandLine line = parse_command_line(program.options, parted.options);
    if (!parted.positionals.empty()) {
        line.positionals = std::move(parted.positionals);
        line.after_mark = parted.after_mark;
    }
    return line;
}

void write_to(std::FILE* stream, const std::string& text, int& status) {
    if (text.empty()) {
        return;
    }
    const bool written = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
    if (!written || std::fflush(stream) != 0) {
        std::perror("Error: writing");
        status = 1;
    }
}

}  // namespace

std::variant<Configuration, Ending> read(const Program& program, const Surroundings& surroundings) {
    CommandLine line = parse(program, surroundings.arguments);
    if (std::optional<Ending> ending = early_ending(program, surroundings, line)) {
        return *std::move(ending);
    }
    if (!line.mistake) {
        line.mistake = wrong_positionals(program, line);
    }
    if (line.mistake) {
        return usage_error(program, surroundings, *line.mistake);
    }
    if (std::optional<Ending> ending = completion_ending(program, surroundings, line)) {
        return *std::move(ending);
    }
    Result<Configuration> configuration = resolve(program, surroundings, line);
    if (!configuration) {
        return start_error(surroundings, configuration.error().message());
    }
    if (asked(line, "print-config")) {
        return print_ending(program, *configuration);
    }
    return *std::move(configuration);
}

Ending
usage_error(const Program& program, const Surroundings& surroundings, std::string_view message) {
    const Style style(surroundings.colour_errors);
    return {2, "",
            fmt::format("{} {}\n\n{}\nFor more information, try {}.\n", style.error("error:"),
                        message, usage(program, style),
                        style.literal(fmt::format("{} --help", program.name)))};
}

Ending start_error(const Surroundings& surroundings, std::string_view message) {
    const Style style(surroundings.colour_errors);
    return {1, "", fmt::format("{} {}\n", style.error("Error:"), message)};
}

int finish(const Ending& ending) {
    int status = ending.status;
    write_to(stdout, ending.output, status);
    write_to(stderr, ending.errors, status);
    return status;
}

}  // namespace maelstrom::config
