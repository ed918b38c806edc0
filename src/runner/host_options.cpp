#include "runner/host_options.hpp"

#include "config/common.hpp"

namespace maelstrom::runner {

using config::Kind;
using config::Option;
using config::Scope;

std::vector<Option> host_rows() {
    std::vector<Option> rows;
    rows.push_back({.name = "base",
                    .kind = Kind::choice,
                    .fallback = "host",
                    .help = "What is below the project: the system directories of this machine, "
                            "read-only, or nothing.",
                    .group = config::host_group,
                    .choices = {"host", "none"}});
    rows.push_back({.name = "read-only",
                    .kind = Kind::boolean,
                    .help = "Refuse writing outside temporary directories instead of keeping it "
                            "private and throwing it away.",
                    .group = config::host_group});
    const auto list = [&](std::string_view name, std::string_view placeholder,
                          std::string_view help) {
        rows.push_back({.name = name,
                        .kind = Kind::list,
                        .placeholder = placeholder,
                        .help = help,
                        .group = config::host_group});
    };
    list("pass-env", "NAME",
         "Also pass this variable of the environment on; * and ? match any characters. Can be "
         "repeated.");
    list("project-exclude", "GLOB",
         "Leave these files out of the project's snapshot. Can be repeated.");
    list("project-include", "GLOB",
         "Take these files into the project's snapshot although they are excluded. Can be "
         "repeated.");
    rows.push_back({.name = "list-project-files",
                    .kind = Kind::boolean,
                    .help = "Print the files that the project's snapshot would hold.",
                    .scope = Scope::command_line,
                    .excludes = {"list"}});
    return rows;
}

MachineOptions machine_options_from(const config::Values& values) {
    return {.log_level = values.level("log-level"),
            .cache_root = values.optional_text("cache-root").value_or(""),
            .cache_size = values.size("cache-size"),
            .slots = static_cast<unsigned>(values.number("slots")),
            .inline_limit = values.size("inline-limit")};
}

HostOptions host_options_from(const config::Values& values) {
    return {.base = values.text("base") == "none" ? host::Base::none : host::Base::host,
            .read_only = values.boolean("read-only"),
            .pass_env = values.list("pass-env"),
            .project_exclude = values.list("project-exclude"),
            .project_include = values.list("project-include"),
            .list_project_files = values.boolean("list-project-files")};
}

std::optional<config::Ending> refuse(const config::Values& values,
                                     const config::Surroundings& surroundings) {
    if (values.has("broker") || values.text("cluster-communication-strategy") == "github") {
        return config::start_error(
            surroundings, "broker: this version runs tests on this machine only; leave broker and "
                          "cluster-communication-strategy out");
    }
    if (!values.has("cache-root")) {
        return config::start_error(surroundings,
                                   "cache-root must be given, because there is no home directory");
    }
    return std::nullopt;
}

}  // namespace maelstrom::runner
