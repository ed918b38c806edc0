#include "runner/options.hpp"

#include "config/common.hpp"
#include "util/log.hpp"

#include <algorithm>
#include <iterator>

namespace maelstrom::runner {

using config::Kind;
using config::Option;
using config::Scope;

namespace {

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
    rows.push_back({.name = "last-failed",
                    .kind = Kind::boolean,
                    .help = "Run only what failed when it was last run; everything if nothing did.",
                    .programs = config::Programs::test_runners,
                    .scope = Scope::command_line,
                    .aliases = {"lf"}});
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
    rows.push_back({.name = "retries",
                    .kind = Kind::number,
                    .placeholder = "TIMES",
                    .fallback = "0",
                    .help = "Run a test that fails again, so many times at most. One that passes "
                            "then is flaky.",
                    .group = test_group,
                    .programs = config::Programs::test_runners,
                    .most = 1000});
    rows.push_back({.name = "flaky",
                    .kind = Kind::choice,
                    .fallback = "pass",
                    .help = "What a flaky test counts as. It is listed as flaky in any case.",
                    .group = test_group,
                    .programs = config::Programs::test_runners,
                    .choices = {"pass", "fail"}});
    rows.push_back({.name = "no-tests",
                    .kind = Kind::choice,
                    .fallback = "pass",
                    .help = "What a run without a single test is: a success with a note, one with "
                            "a warning, or a failure.",
                    .group = test_group,
                    .programs = config::Programs::test_runners,
                    .choices = {"pass", "warn", "fail"}});
}

void append(std::vector<Option>& rows, std::vector<Option> more) {
    std::ranges::move(more, std::back_inserter(rows));
}

void add_mode_rows(std::vector<Option>& rows) {
    rows.push_back({.name = "list",
                    .letter = 'l',
                    .kind = Kind::boolean,
                    .help = "Print the names of the tests instead of running them.",
                    .programs = config::Programs::test_runners,
                    .scope = Scope::command_line,
                    .aliases = {"list-tests"}});
    rows.push_back({.name = "watch",
                    .letter = 'w',
                    .kind = Kind::boolean,
                    .help = "Run again whenever a file of the project has changed, until "
                            "interrupted. Keys: r runs again, f only what failed, q quits.",
                    .programs = config::Programs::test_runners,
                    .scope = Scope::command_line});
    rows.push_back({.name = "shell",
                    .placeholder = "TEST",
                    .help = "Open a shell in the container of this test and show the command that "
                            "runs it. TEST is its name, or the end of it if only one has that.",
                    .programs = config::Programs::test_runners,
                    .scope = Scope::command_line,
                    .excludes = {"list", "watch"}});
    rows.push_back({.name = "keep-failed",
                    .kind = Kind::boolean,
                    .help = "End with a command for each failed test that opens a shell where it "
                            "ran.",
                    .programs = config::Programs::test_runners,
                    .scope = Scope::command_line});
    rows.push_back({.name = "init",
                    .kind = Kind::boolean,
                    .help = "Write a metadata file to begin with, unless there is one, and run "
                            "nothing.",
                    .programs = config::Programs::test_runners,
                    .scope = Scope::command_line,
                    .excludes = {"list", "watch", "shell"}});
}

}  // namespace

std::vector<Option> option_rows(config::Programs program,
                                const config::Surroundings& surroundings,
                                std::vector<Option> own) {
    std::vector<Option> rows = config::common_options(program, surroundings);
    add_selection_rows(rows);
    add_run_rows(rows);
    append(rows, report_rows());
    add_mode_rows(rows);
    append(rows, std::move(own));
    append(rows, host_rows());
    return rows;
}

Options options_from(const config::Values& values) {
    Options options;
    options.core.list = values.boolean("list");
    options.core.no_tests = no_tests_of(values.text("no-tests"));
    options.retries = static_cast<unsigned>(values.number("retries"));
    options.core.flaky_fails = values.text("flaky") == "fail";
    options.watch = values.boolean("watch");
    options.init = values.boolean("init");
    options.last_failed = values.boolean("last-failed");
    options.include = values.list("include");
    options.exclude = values.list("exclude");
    options.core.repeat = static_cast<unsigned>(values.number("repeat"));
    if (values.has("stop-after")) {
        options.core.stop_after = static_cast<unsigned>(values.number("stop-after"));
    }
    if (values.has("timeout")) {
        options.timeout = std::chrono::seconds(values.number("timeout"));
    }
    options.reports = report_settings_from(values);
    options.reports.list = options.core.list;
    options.keep_failed = values.boolean("keep-failed");
    options.shell = values.optional_text("shell");
    options.host = host_options_from(values);
    options.host.terminal = options.shell.has_value();
    options.machine = machine_options_from(values);
    return options;
}

util::Result<filter::Selection> selection_of(const Options& options, filter::Dialect dialect) {
    return filter::Selection::parse(options.include, options.exclude, dialect);
}

bool wants_last_failed(bool wanted, const history::History& history) {
    if (wanted && !history.knows_a_failure()) {
        util::log::info("no test is known to have failed last time: all are selected");
        return false;
    }
    return wanted;
}

}  // namespace maelstrom::runner
