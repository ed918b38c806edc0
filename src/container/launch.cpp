#include "container/launch.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <span>

namespace maelstrom::container {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

Result<void> check_texts(std::string_view what, std::span<const std::string> texts) {
    for (const std::string& text : texts) {
        if (text.find('\0') != std::string::npos) {
            return fail(ErrorKind::invalid, "{} {} contains a NUL byte; Linux cannot express that",
                        what, util::quoted(text));
        }
    }
    return {};
}

std::string_view key_of(std::string_view variable) {
    return variable.substr(0, variable.find('='));
}

/// The environment's variables with those of this job alone on top.
std::vector<std::string> merged_variables(const job::Execution& execution) {
    std::vector<std::string> variables = execution.environment->variables;
    for (const std::string& extra : execution.extra_variables) {
        const auto same = std::ranges::find(variables, key_of(extra), key_of);
        if (same == variables.end()) {
            variables.push_back(extra);
        } else {
            *same = extra;
        }
    }
    return variables;
}

}  // namespace

std::vector<std::string> look_up_candidates(const std::string& program,
                                            const std::vector<std::string>& environment) {
    constexpr std::string_view path_key = "PATH=";
    const auto path = std::ranges::find_if(
        environment, [&](const std::string& variable) { return variable.starts_with(path_key); });
    if (program.find('/') != std::string::npos || path == environment.end()) {
        return {program};
    }
    std::vector<std::string> candidates;
    for (const std::string_view element :
         util::split(std::string_view(*path).substr(path_key.size()), ':')) {
        if (!element.empty()) {
            candidates.push_back(fmt::format("{}/{}", element, program));
        }
    }
    return candidates;
}

Result<Launch> Launch::make(const job::Execution& execution) {
    if (execution.fork) {
        Launch launch;
        launch.task = execution.fork->task;
        return launch;
    }
    Launch launch{
        .program = execution.program,
        .arguments = execution.arguments,
        .environment = merged_variables(execution),
        .working_directory = execution.environment->working_directory,
        .terminal = execution.terminal,
    };
    if (launch.program.empty()) {
        return fail(ErrorKind::invalid, "the program is an empty string; name a file to run");
    }
    TRY(check_texts("program", {&launch.program, 1}));
    TRY(check_texts("argument", launch.arguments));
    TRY(check_texts("environment variable", launch.environment));
    TRY(check_texts("working directory", {&launch.working_directory, 1}));
    launch.candidates = look_up_candidates(launch.program, launch.environment);
    return launch;
}

}  // namespace maelstrom::container
