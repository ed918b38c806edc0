#include "pytest/options.hpp"

#include "config/common.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace maelstrom::pytest {

using config::Kind;
using config::Option;
using config::Programs;

namespace {

constexpr std::string_view pytest_group = "pytest";

std::vector<Option> pytest_rows() {
    std::vector<Option> rows;
    const auto list = [&](std::string_view name, std::string_view help) {
        rows.push_back({.name = name,
                        .kind = Kind::list,
                        .placeholder = "ARGUMENT",
                        .help = help,
                        .group = pytest_group,
                        .programs = Programs::pytest});
    };
    rows.push_back({.name = "python",
                    .kind = Kind::path,
                    .absent = "python or python3 in PATH",
                    .help = "The interpreter that has pytest and all that the tests import.",
                    .group = pytest_group,
                    .programs = Programs::pytest});
    rows.push_back({.name = "container-python",
                    .kind = Kind::path,
                    .fallback = "/usr/local/bin/python",
                    .help = "The interpreter in containers of the metadata file that do not build "
                            "on the container \"host\".",
                    .group = pytest_group,
                    .programs = Programs::pytest});
    rows.push_back({.name = "collect-from-module",
                    .placeholder = "MODULE",
                    .help = "Collect the tests of an installed module (pytest --pyargs MODULE).",
                    .group = pytest_group,
                    .programs = Programs::pytest});
    rows.push_back({.name = "isolation",
                    .kind = Kind::choice,
                    .fallback = "fork",
                    .help = "How a test gets its own container: forked from a process that has "
                            "collected everything in it, or as a process that collects anew.",
                    .group = pytest_group,
                    .programs = Programs::pytest,
                    .choices = {"fork", "process"}});
    rows.push_back({.name = "isolation-unit",
                    .kind = Kind::choice,
                    .fallback = "test",
                    .help = "Which tests share a container, one after the other: only for suites "
                            "of so many quick tests that a container each is too much.",
                    .group = pytest_group,
                    .programs = Programs::pytest,
                    .choices = {"test", "function", "class", "file"}});
    rows.push_back({.name = "debug",
                    .placeholder = "TEST",
                    .help = "Run this test on the terminal, in its own container, and open pdb "
                            "where it fails. TEST is as for --shell.",
                    .programs = Programs::pytest,
                    .scope = config::Scope::command_line,
                    .excludes = {"list", "watch", "shell", "init"}});
    list("extra-pytest-args", "An argument for pytest when it collects and when it runs a test.");
    list("extra-pytest-collect-args", "An argument for pytest when it collects.");
    list("extra-pytest-test-args",
         "An argument for pytest when it runs a test, and when it collects for tests that are "
         "forked (--isolation=fork); on the command line, all that stands after --.");
    return rows;
}

/// What stands on the command line besides options of ours.
struct Words {
    std::vector<std::string> selection;                 ///< before `--`
    std::optional<std::vector<std::string>> for_tests;  ///< after it
};

Words words_of(const config::Configuration& configuration) {
    const std::vector<std::string>& positionals = configuration.positionals;
    Words words;
    if (configuration.after_mark) {
        words.for_tests = positionals;
        return words;
    }
    const auto mark = std::ranges::find(positionals, "--");
    words.selection.assign(positionals.begin(), mark);
    if (mark != positionals.end()) {
        words.for_tests.emplace(mark + 1, positionals.end());
    }
    return words;
}

Arguments arguments_of(const config::Values& values, Words words) {
    Arguments arguments{.everywhere = values.list("extra-pytest-args"),
                        .collection_only = values.list("extra-pytest-collect-args"),
                        .tests_only = values.list("extra-pytest-test-args"),
                        .selection = std::move(words.selection)};
    if (words.for_tests) {
        arguments.tests_only = std::move(*words.for_tests);
    }
    if (const auto module = values.optional_text("collect-from-module")) {
        arguments.selection.insert(arguments.selection.begin(), {"--pyargs", *module});
    }
    return arguments;
}

Options plain_options(const config::Values& values) {
    Options options;
    options.run = runner::options_from(values);
    options.run.debug = values.optional_text("debug");
    options.run.host.terminal |= options.run.debug.has_value();
    options.python = values.optional_text("python").value_or("");
    options.isolation =
        values.text("isolation") == "process" ? Isolation::process : Isolation::fork;
    options.container_python = values.text("container-python");
    if (values.origin("isolation-unit").source != config::Origin::Source::fallback) {
        options.run.unit = runner::isolation_unit_of(values.text("isolation-unit"));
    }
    return options;
}

}  // namespace

config::Program describe_program(const config::Surroundings& surroundings) {
    return {
        .name = "maelstrom-pytest",
        .id = Programs::pytest,
        .variable_prefix = "MAELSTROM_PYTEST_",
        .directories = {"maelstrom-pytest", "pytest"},
        .summary = "Runs the tests of a Python project, each in a container of its own.",
        .usage = {"[OPTIONS] [PATHS AND OPTIONS OF PYTEST…] [-- ARGUMENTS…]"},
        .positional =
            {.placeholder = "PATHS AND OPTIONS OF PYTEST…",
             .help =
                 "What to collect, as for pytest: files, directories, node ids, and options "
                 "that only pytest has, such as -k and -m. Behind the first of them -c, -l, -r, "
                 "-s and -x are pytest's too. What follows -- is given to pytest when it runs a "
                 "test, and when it collects for tests that are forked.",
             .options_may_follow = true,
             .foreign_options = true,
             .foreign_letters = "cklmnopqrsvxVW"},
        .examples = {{"maelstrom-pytest", "All tests that pytest would run here."},
                     {"maelstrom-pytest --junit report.xml tests/unit",
                      "Some of them, with a report."},
                     {"maelstrom-pytest -k 'not slow'", "Those that pytest selects."},
                     {"maelstrom-pytest -i 'file.starts_with(tests/io/) - markers.contains(slow)'",
                      "Those that a filter selects."},
                     {"maelstrom-pytest --repeat 50 --stop-after 1 tests/test_a.py::test_b",
                      "Look for a test that fails sometimes."}},
        .options = runner::option_rows(Programs::pytest, surroundings, pytest_rows()),
        .groups = {config::general_group, runner::test_group, pytest_group,
                   config::local_worker_group, config::host_group}};
}

std::variant<Options, config::Ending> options_from(const config::Configuration& configuration,
                                                   const config::Surroundings& surroundings) {
    const config::Values& values = configuration.values;
    if (auto refused = runner::refuse(values, surroundings)) {
        return *std::move(refused);
    }
    Options options = plain_options(values);
    options.arguments = arguments_of(values, words_of(configuration));
    return options;
}

}  // namespace maelstrom::pytest
