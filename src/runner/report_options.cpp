#include "runner/report_options.hpp"

namespace maelstrom::runner {

using config::Kind;
using config::Option;

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
    if (word == "fancy") {
        return Interface::fancy;
    }
    return word == "quiet" ? Interface::quiet : Interface::simple;
}

void add_interface_rows(std::vector<Option>& rows) {
    rows.push_back(
        {.name = "ui",
         .kind = Kind::choice,
         .fallback = "auto",
         .help = "How the run is shown: a line for each test above a picture of the run (fancy), a "
                 "line for each test (simple), a summary alone (quiet); auto is fancy on a "
                 "terminal and simple elsewhere and with --list.",
         .group = test_group,
         .programs = config::Programs::test_runners,
         .choices = {"auto", "simple", "quiet", "fancy"}});
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
    rows.push_back({.name = "slowest",
                    .kind = Kind::number,
                    .placeholder = "COUNT",
                    .absent = "no list",
                    .help = "List so many of the slowest tests behind the summary, with the "
                            "processor time and memory that they used.",
                    .group = test_group,
                    .programs = config::Programs::test_runners});
}

void add_file_rows(std::vector<Option>& rows) {
    rows.push_back({.name = "events",
                    .kind = Kind::path,
                    .help =
                        "Write what happens to this file, a line of JSON for each event as soon as "
                        "it happens; - is standard output.",
                    .group = test_group,
                    .programs = config::Programs::test_runners});
    rows.push_back({.name = "junit",
                    .kind = Kind::path,
                    .help =
                        "Write the results to this file as JUnit XML. It is complete at any moment "
                        "of the run; - is standard output, at the end.",
                    .group = test_group,
                    .programs = config::Programs::test_runners,
                    .aliases = {"junit-xml", "junitxml"}});
    rows.push_back({.name = "junit-file-attribute",
                    .kind = Kind::boolean,
                    .help =
                        "Name each test's source file and line in the JUnit report: some services "
                        "show them, strict schemas do not know them.",
                    .group = test_group,
                    .programs = config::Programs::test_runners});
    rows.push_back({.name = "junit-test-properties",
                    .kind = Kind::boolean,
                    .help =
                        "Say in the JUnit report what each test used, as properties of the test; "
                        "strict schemas know only those of the whole run.",
                    .group = test_group,
                    .programs = config::Programs::test_runners});
}

}  // namespace

std::vector<Option> report_rows() {
    std::vector<Option> rows;
    add_interface_rows(rows);
    add_file_rows(rows);
    return rows;
}

ReportSettings report_settings_from(const config::Values& values) {
    ReportSettings settings;
    settings.interface = interface_of(values);
    if (const auto word = values.optional_text("show-output")) {
        settings.show_output = show_output_of(*word);
    }
    settings.slowest = values.has("slowest") ? values.number("slowest") : 0;
    if (const auto path = values.optional_text("junit")) {
        settings.junit =
            ui::JunitSettings{.path = *path,
                              .file_attribute = values.boolean("junit-file-attribute"),
                              .test_properties = values.boolean("junit-test-properties")};
    }
    if (const auto path = values.optional_text("events")) {
        settings.events = ui::EventsSettings{.path = *path};
    }
    return settings;
}

}  // namespace maelstrom::runner
