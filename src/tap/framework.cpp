#include "tap/framework.hpp"

#include "config/common.hpp"
#include "tap/collector.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace maelstrom::tap {

namespace {

constexpr std::string_view tap_group = "TAP";

/// Where the programs are if none is named, as for prove.
constexpr const char* default_directory = "t";

constexpr std::string_view starter =
    R"(# How maelstrom-tap runs the programs of this project. Without this file all run in the container "host".

[[directives]]
parent = "host"

# network = "loopback"                  # or "disabled", or "local": the network of this machine
# timeout = 60                          # seconds for each program; 0 or left out: no limit
# retries = 2                           # so many further attempts for a program of which something fails

# [[directives]]
# filter = 'file.starts_with(t/slow/)'  # t/slow/a.t and so on; keep filters in single quotes
# timeout = 600
)";

std::vector<config::Option> tap_rows() {
    return {{.name = "exec",
             .letter = 'e',
             .placeholder = "COMMAND",
             .absent = "a program itself, or what its first line names, or perl",
             .help = "What runs the programs: words, as in 'perl -Ilib'.",
             .group = tap_group,
             .programs = config::Programs::tap}};
}

}  // namespace

runner::Identity TapFramework::identity() const {
    return {.program = "maelstrom-tap", .starter_file = starter};
}

std::string TapFramework::project_root(const std::string& directory) const {
    const host::Project project = host::find_project(host::Files(), directory, options_.home);
    return project.root.value_or(directory);
}

util::Result<runner::ProjectContainer>
TapFramework::project_container(const std::string& directory, const host::Variables& variables) {
    return runner::make_project_container(
        options_.run.host, directory, variables,
        {.root = project_root(directory),
         .environment = {.pass = {"PERL*", "HARNESS_*", "TAP_*", "PYTHON*", "NODE_*"},
                         .set = {{"HARNESS_ACTIVE", "1"}}}});
}

std::unique_ptr<runner::Collector> TapFramework::collector(const runner::JobDefaults& defaults) {
    return std::make_unique<TapCollector>(
        Settings{.defaults = defaults, .programs = options_.programs, .exec = options_.exec});
}

config::Program describe_program(const config::Surroundings& surroundings) {
    return {
        .name = "maelstrom-tap",
        .id = config::Programs::tap,
        .variable_prefix = "MAELSTROM_TAP_",
        .directories = {"maelstrom-tap"},
        .summary = "Runs programs that speak TAP (Test Anything Protocol), each in a container "
                   "of its own.",
        .usage = {"[OPTIONS] [PROGRAMS…]"},
        .positional = {.placeholder = "PROGRAMS…",
                       .help = "Programs, and directories whose *.t files are meant, at "
                               "any depth. None: the directory t.",
                       .options_may_follow = true},
        .examples = {{"maelstrom-tap", "All of t/**.t."},
                     {"maelstrom-tap -e 'perl -Ilib' t/basic.t", "One of them, with a library."},
                     {"maelstrom-tap --junit report.xml build/tests/*",
                      "Executables, with a report in which every test point stands."}},
        .options = runner::option_rows(config::Programs::tap, surroundings, tap_rows()),
        .groups = {config::general_group, runner::test_group, tap_group, config::local_worker_group,
                   config::host_group}};
}

std::variant<runner::Start, config::Ending> start(const config::Configuration& configuration,
                                                  const config::Program& program,
                                                  const config::Surroundings& surroundings) {
    const config::Values& values = configuration.values;
    if (auto refused = runner::refuse(values, surroundings)) {
        return *std::move(refused);
    }
    Options options{.run = runner::options_from(values),
                    .programs = configuration.positionals,
                    .home = surroundings.variable("HOME").value_or("/root")};
    const auto option = std::ranges::find_if(
        options.programs, [](const std::string& word) { return word.starts_with('-'); });
    if (option != options.programs.end()) {
        return config::usage_error(
            program, surroundings,
            fmt::format("unknown option {}; a program of that name is written ./{}",
                        util::quoted(*option), *option));
    }
    if (options.programs.empty()) {
        options.programs.emplace_back(default_directory);
    }
    const std::string command =
        values.optional_text("exec").value_or("");  // the words point into it
    for (const std::string_view word : util::split_words(command)) {
        options.exec.emplace_back(word);
    }
    runner::Options shared = options.run;
    return runner::Start{.options = std::move(shared),
                         .framework = std::make_unique<TapFramework>(std::move(options))};
}

}  // namespace maelstrom::tap
