#include "pytest/python.hpp"

#include "pytest/python_answer.hpp"
#include "store/sha256.hpp"
#include "store/store.hpp"
#include "sys/command.hpp"
#include "util/check.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

extern "C" {
extern const char maelstrom_python_probe[];
extern const char maelstrom_python_probe_end[];
}

// How the interpreter is found and asked:
//
//   names ──PATH──▶ candidate ──key──▶ memo of the store ──▶ do the files still look the same? ──▶
//   answer
//                                           ▲                          │ no, or nothing remembered
//                                           └───────── remember ◀── run the probe
//
// Starting Python costs 20 to 100 ms, looking at some thirty files a tenth of one.

namespace maelstrom::pytest {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

constexpr std::array usual_names = {"python", "python3"};
/// Files by which version managers choose, in the working directory or above.
constexpr std::array version_files = {".python-version", ".tool-versions", "mise.toml",
                                      ".mise.toml"};
/// What decides about the answer besides files.
constexpr std::array asked_variables = {"PYTHON", "VIRTUAL_ENV", "CONDA_", "PYENV_",
                                        "ASDF_",  "MISE_",       "UV_",    "HOME"};

std::string_view probe_source() {
    return {maelstrom_python_probe, maelstrom_python_probe_end};
}

bool is_program(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
}

std::string variable(const host::Variables& variables, const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
}

std::vector<std::string> in_path(const std::string& name, const PythonRequest& request) {
    std::vector<std::string> found;
    const std::string path = variable(request.variables, "PATH");
    for (const std::string_view element : util::split(path, ':')) {
        const std::string directory = util::join_paths(request.working_directory, element);
        const std::string program = util::join_paths(directory, name);
        if (!element.empty() && is_program(program)) {
            found.push_back(program);
        }
    }
    return found;
}

/// Programs to ask, in order: a version manager's stand-in may have to be passed over.
Result<std::vector<std::string>> candidates(const PythonRequest& request) {
    const std::string& wanted = request.python;
    std::vector<std::string> found;
    if (wanted.find('/') != std::string::npos) {
        found = {util::join_paths(request.working_directory, wanted)};
        if (!is_program(found.front())) {
            return fail(ErrorKind::not_found, "python: {} is not a program", wanted);
        }
    } else if (!wanted.empty()) {
        found = in_path(wanted, request);
        if (found.empty()) {
            return fail(ErrorKind::not_found, "python: there is no {} in PATH", wanted);
        }
    } else {
        for (const char* name : usual_names) {
            std::ranges::move(in_path(name, request), std::back_inserter(found));
        }
        if (found.empty()) {
            return fail(ErrorKind::not_found,
                        "there is neither python nor python3 in PATH: activate the project's "
                        "virtual environment, or name the interpreter with --python");
        }
    }
    return found;
}

std::vector<std::string> process_environment(const host::Variables& variables) {
    std::vector<std::string> result;
    for (const auto& [name, value] : variables) {
        result.push_back(name + "=" + value);
    }
    return result;
}

Result<PythonAnswer> ask(const std::string& program, const PythonRequest& request) {
    const sys::CommandResult result =
        TRY(sys::run_command({.program = program,
                              .arguments = {"-c", std::string(probe_source())},
                              .environment = process_environment(request.variables),
                              .directory = request.working_directory}));
    if (!WIFEXITED(result.status) || WEXITSTATUS(result.status) != 0) {
        const auto lines = util::split_lines(result.errors);
        return fail(ErrorKind::invalid, "{}",
                    lines.empty() ? "it failed without a word" : util::trim(lines.back()));
    }
    return PythonAnswer::find(result.output);
}

// What was found out once.

util::Digest memo_key(const std::string& program, const PythonRequest& request) {
    store::Sha256 hash;
    const auto add = [&](std::string_view text) {
        hash.update(text);
        hash.update(std::string_view("\0", 1));
    };
    add("python probe");
    add(probe_source());
    add(program);
    add(request.working_directory);
    for (const auto& [name, value] : request.variables) {
        if (std::ranges::any_of(asked_variables,
                                [&](const char* start) { return name.starts_with(start); })) {
            add(name);
            add(value);
        }
    }
    return hash.finish();
}

/// The program itself, and what a version manager's stand-in would read.
std::vector<std::string> deciding_files(const std::string& program, const PythonRequest& request) {
    std::vector<std::string> files = {program};
    const std::string root = variable(request.variables, "PYENV_ROOT");
    files.push_back((root.empty() ? variable(request.variables, "HOME") + "/.pyenv" : root) +
                    "/version");
    for (std::string directory = request.working_directory;;
         directory = util::parent_path(directory)) {
        for (const char* name : version_files) {
            files.push_back(util::join_paths(directory, name));
        }
        if (directory == "/") {
            return files;
        }
    }
}

/// `fingerprint`, empty line, answer.
std::string memo_value(const std::string& looks, const std::string& json) {
    return looks + "\n" + json;
}

std::optional<Python> recall(const util::Digest& key,
                             std::vector<std::string> files,
                             const PythonRequest& request,
                             const store::Store& memo) {
    const auto value = memo.recall(key);
    const std::size_t end = value ? value->find("\n\n") : std::string::npos;
    if (end == std::string::npos) {
        return std::nullopt;
    }
    auto answer = PythonAnswer::parse(std::string_view(*value).substr(end + 2));
    if (!answer) {
        return std::nullopt;
    }
    std::ranges::move(answer->seen, std::back_inserter(files));
    const auto looks = fingerprint(files, request.now);
    return looks && *looks == value->substr(0, end + 1) ? std::optional(std::move(answer->python))
                                                        : std::nullopt;
}

Result<Python>
ask_or_recall(const std::string& program, const PythonRequest& request, store::Store& memo) {
    const util::Digest key = memo_key(program, request);
    std::vector<std::string> files = deciding_files(program, request);
    if (auto remembered = recall(key, files, request, memo)) {
        return std::move(*remembered);
    }
    PythonAnswer answer = TRY(ask(program, request), "asking {}", program);
    std::ranges::copy(answer.seen, std::back_inserter(files));
    if (const auto looks = fingerprint(files, request.now)) {
        memo.remember(key, memo_value(*looks, answer.json));
    }
    return std::move(answer.python);
}

}  // namespace

Result<Python> find_python(const PythonRequest& request, store::Store& memo) {
    std::optional<util::Error> first_error;
    for (const std::string& program : TRY(candidates(request))) {
        Result<Python> python = ask_or_recall(program, request, memo);
        if (python) {
            return python;
        }
        if (!first_error) {
            first_error = std::move(python).error();
        }
    }
    CHECK(first_error.has_value());
    return std::unexpected(std::move(*first_error));
}

}  // namespace maelstrom::pytest
