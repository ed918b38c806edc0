#include "runner/options.hpp"

#include "ui/quiet.hpp"
#include "util/log.hpp"

namespace maelstrom::runner {

using config::Kind;
using config::Option;
using config::Scope;

namespace {

ui::ShowOutput show_output_of(const std::string& word) {
    if (word == "all") {
        return ui::ShowOutput::all;
    }
    return word == "none" ? ui::ShowOutput::none : ui::ShowOutput::failed;
}

Interface interface_of(const config::Values& values) {
    const std::string& word = values.text("ui");
    if (word == "auto") {
        return values.boolean("quiet") ? Interface::quiet : Interface::automatic;
    }
    return word == "quiet" ? Interface::quiet : Interface::simple;
}

NoTests no_tests_of(const std::string& word) {
    if (word == "fail") {
        return NoTests::fail;
    }
    return word == "warn" ? NoTests::warn : NoTests::pass;
}

void add_selection_rows(std::vector<Option>& rows) {
    const auto filter = [&](std::string_view name, char letter, std::string_view help) {
        rows.push_back({.name = name,
                        .letter = letter,
                        .kind = Kind::list,
                        .placeholder = "FILTER",
                        .help = help,
                        .programs = config::Programs::test_runners,
                        .scope = Scope::command_line});
    };
    filter("include", 'i',
           "Select the tests that this filter fits, such as 'name.contains(parse)' in single "
           "quotes. Given several times, those that one of them fits.");
    filter("exclude", 'x', "Leave out the tests that this filter fits; beats --include.");
}

void add_run_rows(std::vector<Option>& rows) {
    rows.push_back({.name = "repeat",
                    .letter = 'r',
                    .kind = Kind::number,
                    .placeholder = "TIMES",
                    .fallback = "1",
                    .help = "Run each test so many times.",
                    .group = test_group,
                    .programs = config::Programs::test_runners,
                    .least = 1,
                    .aliases = {"loop"}});
    rows.push_back({.name = "stop-after",
                    .letter = 's',
                    .kind = Kind::number,
                    .placeholder = "FAILURES",
                    .absent = "all tests are run",
                    .help = "End the run after so many failures.",
                    .group = test_group,
                    .programs = config::Programs::test_runners,
                    .least = 1});
    rows.push_back({.name = "timeout",
                    .letter = 't',
                    .kind = Kind::number,
                    .placeholder = "SECONDS",
                    .absent = "each test has its own",
                    .help =
                        "Kill each test after so many seconds, whatever its own limit; 0 takes all "
                        "limits away.",
                    .group = test_group,
                    .programs = config::Programs::test_runners});
    rows.push_back({.name = "no-tests",
                    .kind = Kind::choice,
                    .fallback = "pass",
                    .help = "What a run without a single test is: a success with a note, one with "
                            "a warning, or a failure.",
                    .group = test_group,
                    .programs = config::Programs::test_runners,
                    .choices = {"pass", "warn", "fail"}});
}

void add_report_rows(std::vector<Option>& rows) {
    rows.push_back(
        {.name = "ui",
         .kind = Kind::choice,
         .fallback = "auto",
         .help = "How the run is shown: a line for each test (simple, and auto for now), or a "
                 "summary alone (quiet).",
         .group = test_group,
         .programs = config::Programs::test_runners,
         .choices = {"auto", "simple", "quiet"}});
    rows.push_back({.name = "quiet",
                    .kind = Kind::boolean,
                    .help = "The same as --ui=quiet.",
                    .group = test_group,
                    .programs = config::Programs::test_runners});
    rows.push_back({.name = "show-output",
                    .kind = Kind::choice,
                    .absent = "that of failed tests; none with --ui=quiet on a terminal",
                    .help = "Whose output is shown: that of failed tests, of all, or of none.",
                    .group = test_group,
                    .programs = config::Programs::test_runners,
                    .choices = {"failed", "all", "none"}});
    rows.push_back({.name = "junit",
                    .kind = Kind::path,
                    .help =
                        "Write the results to this file as JUnit XML. It is complete at any moment "
                        "of the run.",
                    .group = test_group,
                    .programs = config::Programs::test_runners});
    rows.push_back({.name = "junit-file-attribute",
                    .kind = Kind::boolean,
                    .help =
                        "Name each test's source file in the JUnit report: some services show it, "
                        "strict schemas do not know it.",
                    .group = test_group,
                    .programs = config::Programs::test_runners});
}

}  // namespace

std::vector<Option> option_rows() {
    std::vector<Option> rows;
    add_selection_rows(rows);
    add_run_rows(rows);
    add_report_rows(rows);
    rows.push_back({.name = "list",
                    .letter = 'l',
                    .kind = Kind::boolean,
                    .help = "Print the names of the tests instead of running them.",
                    .programs = config::Programs::test_runners,
                    .scope = Scope::command_line,
                    .aliases = {"list-tests"}});
    return rows;
}

Options options_from(const config::Values& values) {
    Options options;
    options.core.list = values.boolean("list");
    options.core.no_tests = no_tests_of(values.text("no-tests"));
    options.include = values.list("include");
    options.exclude = values.list("exclude");
    options.core.repeat = static_cast<unsigned>(values.number("repeat"));
    if (values.has("stop-after")) {
        options.core.stop_after = static_cast<unsigned>(values.number("stop-after"));
    }
    if (values.has("timeout")) {
        options.timeout = std::chrono::seconds(values.number("timeout"));
    }
    options.interface = interface_of(values);
    if (const auto word = values.optional_text("show-output")) {
        options.show_output = show_output_of(*word);
    }
    if (const auto path = values.optional_text("junit")) {
        options.junit = ui::JunitSettings{.path = *path,
                                          .file_attribute = values.boolean("junit-file-attribute")};
    }
    return options;
}

util::Result<filter::Selection> selection_of(const Options& options, filter::Dialect dialect) {
    filter::Selection selection =
        TRY(filter::Selection::parse(options.include, options.exclude, dialect));
    if (selection.warning()) {
        util::log::warning("{}", *selection.warning());
    }
    return selection;
}

util::Result<std::vector<std::unique_ptr<ui::Reporter>>> make_reporters(const Options& options,
                                                                        ui::Output& output) {
    std::vector<std::unique_ptr<ui::Reporter>> reporters;
    if (options.interface == Interface::quiet) {
        if (options.core.list) {
            return util::fail(util::ErrorKind::invalid,
                              "--ui=quiet shows no names: leave it out with --list");
        }
        reporters.push_back(std::make_unique<ui::QuietReporter>(output, options.show_output));
    } else {
        reporters.push_back(std::make_unique<ui::SimpleReporter>(
            output, options.show_output.value_or(ui::ShowOutput::failed)));
    }
    if (options.junit && !options.core.list) {
        reporters.push_back(TRY(ui::JunitReporter::create(*options.junit)));
    }
    return reporters;
}

}  // namespace maelstrom::runner
