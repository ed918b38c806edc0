#include "run/options.hpp"

#include "config/common.hpp"
#include "config/directories.hpp"

#include <algorithm>
#include <utility>

namespace maelstrom::run {

using config::Kind;
using config::Option;
using config::Programs;
using config::Scope;

namespace {

constexpr std::string_view output_group = "Jobs and terminal";

void add_values(std::vector<Option>& rows, unsigned cpus) {
    rows.push_back({.name = "jobs-in-flight",
                    .kind = Kind::number,
                    .fallback = std::to_string(std::max(256U, 4 * cpus)),
                    .help = "How many jobs are taken from the input before some of them have "
                            "ended.",
                    .group = output_group,
                    .programs = Programs::run,
                    .least = 1,
                    .most = 1'000'000});
    rows.push_back({.name = "escape-char",
                    .kind = Kind::character,
                    .fallback = "^]",
                    .help = "The character that begins commands to maelstrom-run itself in "
                            "terminal mode, such as ~ or ^A or \\x1d.",
                    .group = output_group,
                    .programs = Programs::run});
}

void add_host_values(std::vector<Option>& rows) {
    for (Option& row : config::host_rows()) {
        rows.push_back(std::move(row));
    }
    rows.push_back({.name = "network",
                    .kind = Kind::choice,
                    .fallback = "loopback",
                    .help = "The network of a PROGRAM: none, only itself, or this machine's.",
                    .group = config::host_group,
                    .choices = {"disabled", "loopback", "local"}});
    rows.push_back({.name = "timeout",
                    .kind = Kind::number,
                    .placeholder = "SECONDS",
                    .fallback = "0",
                    .help = "Kill a PROGRAM after so many seconds; 0 never does.",
                    .group = config::host_group});
}

void add_call_options(std::vector<Option>& rows) {
    rows.push_back({.name = "file",
                    .letter = 'f',
                    .kind = Kind::path,
                    .help = "Read job specifications from this file instead of standard input.",
                    .scope = Scope::command_line});
    rows.push_back({.name = "one",
                    .letter = '1',
                    .kind = Kind::boolean,
                    .help = "Run only the first job and end as it does: with its exit code, or "
                            "by its signal. PROGRAM and ARGUMENTS replace the job's.",
                    .scope = Scope::command_line,
                    .excludes = {"tty"}});
    rows.push_back({.name = "tty",
                    .letter = 't',
                    .kind = Kind::boolean,
                    .help = "Like --one, with the job on this terminal. With a PROGRAM and no "
                            "--file, in the host container.",
                    .scope = Scope::command_line,
                    .excludes = {"json"}});
    rows.push_back({.name = "json",
                    .kind = Kind::boolean,
                    .help = "Print one line of JSON for each job that ends, and nothing else, "
                            "on standard output.",
                    .scope = Scope::command_line});
    rows.push_back({.name = "list-project-files",
                    .kind = Kind::boolean,
                    .help = "Print the files that the project's snapshot in the host container "
                            "would hold.",
                    .scope = Scope::command_line,
                    .excludes = {"file", "one", "tty", "json"}});
}

Mode mode_of(const config::Values& values) {
    if (values.boolean("list-project-files")) {
        return Mode::project_files;
    }
    if (values.boolean("tty")) {
        return Mode::terminal;
    }
    return values.boolean("one") ? Mode::one : Mode::stream;
}

job::Network network_of(const std::string& word) {
    if (word == "local") {
        return job::Network::local;
    }
    return word == "disabled" ? job::Network::disabled : job::Network::loopback;
}

HostOptions host_options(const config::Values& values) {
    HostOptions host;
    host.read_only = values.boolean("read-only");
    host.base = values.text("base") == "none" ? host::Base::none : host::Base::host;
    host.pass_env = values.list("pass-env");
    host.project_exclude = values.list("project-exclude");
    host.project_include = values.list("project-include");
    if (const std::uint64_t seconds = values.number("timeout"); seconds != 0) {
        host.timeout = std::chrono::seconds(seconds);
    }
    host.network = network_of(values.text("network"));
    return host;
}

Options plain_options(const config::Configuration& configuration) {
    const config::Values& values = configuration.values;
    Options options;
    options.mode = mode_of(values);
    options.format = values.boolean("json") ? Format::json : Format::text;
    options.file = values.optional_text("file");
    options.command = configuration.positionals;
    options.in_host = !options.command.empty() && !options.file && options.mode != Mode::one;
    options.jobs_in_flight = values.number("jobs-in-flight");
    options.escape = values.character("escape-char");
    options.host = host_options(values);
    options.log_level = values.level("log-level");
    options.cache_root = values.optional_text("cache-root").value_or("");
    options.cache_size = values.size("cache-size");
    options.slots = static_cast<unsigned>(values.number("slots"));
    options.inline_limit = values.size("inline-limit");
    options.kill_grace = std::chrono::seconds(values.number("kill-grace"));
    options.inline_limit_given =
        values.origin("inline-limit").source != config::Origin::Source::fallback;
    return options;
}

/// What makes no sense together.
std::optional<std::string> usage_mistake(const Options& options) {
    if (options.command.empty()) {
        return std::nullopt;
    }
    if (options.mode == Mode::project_files) {
        return "--list-project-files takes no PROGRAM";
    }
    if (options.mode == Mode::stream && options.file) {
        return "a PROGRAM with --file replaces that of one job: add --one or --tty";
    }
    return std::nullopt;
}

}  // namespace

config::Program describe_program(const config::Surroundings& surroundings) {
    config::Program program{
        .name = "maelstrom-run",
        .id = Programs::run,
        .variable_prefix = "MAELSTROM_RUN_",
        .directories = {"run"},
        .summary = "Runs programs in containers: any program of this machine, or jobs that are "
                   "described in JSON.",
        .usage = {"[OPTIONS] PROGRAM [ARGUMENTS…]", "[OPTIONS] [--file PATH]",
                  "[OPTIONS] --one|--tty [--file PATH] [--] [PROGRAM [ARGUMENTS…]]"},
        .positional = {"PROGRAM [ARGUMENTS…]",
                       "Alone, or with --tty: run this program in a copy of the project and the "
                       "system directories of this machine, and end as it does. With --one, or "
                       "with --tty and --file: replace the program and arguments of the job. "
                       "Options end here; a PROGRAM that begins with - needs -- before it."},
        .examples = {{"maelstrom-run make check",
                      "Build and test in a copy of the project; nothing that it writes stays."},
                     {"maelstrom-run -t bash", "A shell to throw away."},
                     {"maelstrom-run --file jobs.json",
                      "All jobs of a file, as many at once as there "
                      "are CPUs."},
                     {"maelstrom-run --one --file job.json -- sh -c 'ls -l /'",
                      "Another program in the container of a job."},
                     {"generate-jobs | maelstrom-run --json | jq .status",
                      "Jobs from another program, results for a third."}},
        .options = config::common_options(Programs::run, surroundings),
        .groups = {config::general_group, config::local_worker_group, output_group,
                   config::host_group}};
    add_values(program.options, surroundings.cpus);
    add_host_values(program.options);
    add_call_options(program.options);
    return program;
}

std::variant<Options, config::Ending> options_from(const config::Configuration& configuration,
                                                   const config::Program& program,
                                                   const config::Surroundings& surroundings) {
    Options options = plain_options(configuration);
    if (const std::optional<std::string> mistake = usage_mistake(options)) {
        return config::usage_error(program, surroundings, *mistake);
    }
    if (configuration.values.has("broker") ||
        configuration.values.text("cluster-communication-strategy") == "github") {
        return config::start_error(
            surroundings, "broker: this version runs jobs on this machine only; leave broker and "
                          "cluster-communication-strategy out");
    }
    if (options.cache_root.empty()) {
        return config::start_error(surroundings,
                                   "cache-root must be given, because there is no home directory");
    }
    return options;
}

}  // namespace maelstrom::run
