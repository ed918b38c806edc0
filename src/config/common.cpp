#include "config/common.hpp"

#include "config/directories.hpp"

#include <algorithm>

namespace maelstrom::config {

namespace {

void add_exits(std::vector<Option>& rows) {
    rows.push_back({.name = "help",
                    .letter = 'h',
                    .kind = Kind::boolean,
                    .help = "Print this help.",
                    .scope = Scope::exit});
    rows.push_back({.name = "version",
                    .kind = Kind::boolean,
                    .help = "Print the version.",
                    .scope = Scope::exit});
    rows.push_back({.name = "print-config",
                    .letter = 'P',
                    .kind = Kind::boolean,
                    .help = "Print all values that hold, and where each comes from, as a "
                            "configuration file.",
                    .scope = Scope::exit});
    rows.push_back({.name = "completion",
                    .kind = Kind::choice,
                    .placeholder = "SHELL",
                    .help = "Print a completion script for a shell.",
                    .scope = Scope::exit,
                    .choices = {"bash", "zsh", "fish"}});
    rows.push_back({.name = "config-file",
                    .letter = 'c',
                    .kind = Kind::path,
                    .help = "Read this configuration file and no other; - reads none.",
                    .scope = Scope::command_line});
}

void add_general(std::vector<Option>& rows, const Surroundings& surroundings) {
    const auto directories = Directories::of(surroundings);
    rows.push_back({.name = "log-level",
                    .letter = 'L',
                    .kind = Kind::level,
                    .fallback = "info",
                    .help = "The least severe messages to show: error, warning, info or debug.",
                    .group = general_group});
    rows.push_back({.name = "broker",
                    .letter = 'b',
                    .kind = Kind::address,
                    .absent = "jobs run on this machine",
                    .help = "The address of the broker of a cluster.",
                    .group = general_group,
                    .programs = Programs::clients | Programs::worker | Programs::admin,
                    .hidden = true});
    rows.push_back({.name = "cache-root",
                    .kind = Kind::path,
                    .fallback = directories ? directories->cache + "/maelstrom" : "",
                    .absent = "none, because there is no home directory",
                    .help =
                        "Where files, layers and what was learnt about them are kept between runs. "
                        "Programs that run at the same time can share it.",
                    .group = general_group,
                    .programs = Programs::clients | Programs::worker | Programs::broker});
}

void add_local_worker(std::vector<Option>& rows, const Surroundings& surroundings) {
    rows.push_back({.name = "slots",
                    .kind = Kind::slots,
                    .fallback = std::to_string(std::clamp(surroundings.cpus, 1U, most_slots)),
                    .help = "How many jobs are executed at once, 1 to 1000. The default is the "
                            "number of CPUs.",
                    .group = local_worker_group,
                    .programs = Programs::clients | Programs::worker});
    rows.push_back({.name = "cache-size",
                    .kind = Kind::size,
                    .fallback = "1.0 GB",
                    .help = "What the cache may occupy on disk. A soft limit: what running jobs "
                            "need may exceed it.",
                    .group = local_worker_group,
                    .programs = Programs::clients | Programs::worker | Programs::broker});
    rows.push_back({.name = "inline-limit",
                    .kind = Kind::size,
                    .fallback = "1.0 MB",
                    .help = "How much of a job's standard output, and of its standard error, is "
                            "kept; of more, the beginning and the end are.",
                    .group = local_worker_group,
                    .programs = Programs::clients | Programs::worker});
    rows.push_back({.name = "kill-grace",
                    .kind = Kind::number,
                    .placeholder = "SECONDS",
                    .fallback = "0",
                    .help = "At its time limit a job's program gets SIGTERM, and so many seconds "
                            "later all of the job is killed; with 0 it is killed at once.",
                    .group = local_worker_group,
                    .programs = Programs::clients | Programs::worker,
                    .most = 3600});
}

/// Values that exist so that files and variables written for them are understood.
void add_hidden(std::vector<Option>& rows) {
    constexpr Programs cluster = Programs::all;
    rows.push_back({.name = "container-image-depot-root",
                    .kind = Kind::path,
                    .absent = "below the cache directory",
                    .help = "Where container images are kept.",
                    .group = image_group,
                    .programs = Programs::clients,
                    .hidden = true});
    rows.push_back({.name = "accept-invalid-remote-container-tls-certs",
                    .kind = Kind::boolean,
                    .help = "Accept registries that cannot prove who they are.",
                    .group = image_group,
                    .programs = Programs::clients,
                    .hidden = true});
    rows.push_back({.name = "cluster-communication-strategy",
                    .kind = Kind::choice,
                    .fallback = "tcp",
                    .help = "How the parts of a cluster talk.",
                    .group = general_group,
                    .programs = cluster,
                    .choices = {"tcp", "github"},
                    .hidden = true});
    rows.push_back({.name = "github-actions-token",
                    .help = "Runtime token of the CI job.",
                    .group = general_group,
                    .programs = cluster,
                    .hidden = true,
                    .secret = true});
    rows.push_back({.name = "github-actions-url",
                    .help = "Address of the results service.",
                    .group = general_group,
                    .programs = cluster,
                    .hidden = true});
}

}  // namespace

std::vector<Option> common_options(Programs program, const Surroundings& surroundings) {
    std::vector<Option> rows;
    rows.reserve(32);
    add_exits(rows);
    add_general(rows, surroundings);
    add_local_worker(rows, surroundings);
    add_hidden(rows);
    std::erase_if(rows, [&](const Option& row) { return !overlap(row.programs, program); });
    return rows;
}

std::vector<Option> host_rows() {
    std::vector<Option> rows;
    rows.push_back({.name = "base",
                    .kind = Kind::choice,
                    .fallback = "host",
                    .help = "What is below the project: the system directories of this machine, "
                            "read-only, or nothing.",
                    .group = host_group,
                    .choices = {"host", "none"}});
    rows.push_back({.name = "read-only",
                    .kind = Kind::boolean,
                    .help = "Refuse writing outside temporary directories instead of keeping it "
                            "private and throwing it away.",
                    .group = host_group});
    const auto list = [&](std::string_view name, std::string_view placeholder,
                          std::string_view help) {
        rows.push_back({.name = name,
                        .kind = Kind::list,
                        .placeholder = placeholder,
                        .help = help,
                        .group = host_group});
    };
    list("pass-env", "NAME",
         "Also pass this variable of the environment on; * and ? match any characters. Can be "
         "repeated.");
    list("project-exclude", "GLOB",
         "Leave these files out of the project's snapshot. Can be repeated.");
    list("project-include", "GLOB",
         "Take these files into the project's snapshot although they are excluded. Can be "
         "repeated.");
    return rows;
}

}  // namespace maelstrom::config
