#include "runner/host_options.hpp"

#include "config/common.hpp"

namespace maelstrom::runner {

using config::Kind;
using config::Option;
using config::Scope;

std::vector<Option> host_rows() {
    std::vector<Option> rows = config::host_rows();
    rows.push_back({.name = "list-project-files",
                    .kind = Kind::boolean,
                    .help = "Print the files that the project's snapshot would hold.",
                    .scope = Scope::command_line,
                    .excludes = {"list", "watch", "shell", "debug", "init"}});
    return rows;
}

MachineOptions machine_options_from(const config::Values& values) {
    return {.log_level = values.level("log-level"),
            .cache_root = values.optional_text("cache-root").value_or(""),
            .cache_size = values.size("cache-size"),
            .slots = static_cast<unsigned>(values.number("slots")),
            .inline_limit = values.size("inline-limit"),
            .kill_grace = std::chrono::seconds(values.number("kill-grace"))};
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
