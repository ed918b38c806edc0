#pragma once

#include "config/option.hpp"
#include "config/reader.hpp"
#include "host/host.hpp"
#include "util/bytes.hpp"
#include "util/log.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// Where tests run: this machine, and the container of a project without a metadata file.

namespace maelstrom::runner {

/// How much of this machine a run uses.
struct MachineOptions {
    util::log::Level log_level = util::log::Level::info;
    std::string cache_root;
    util::Bytes cache_size;
    unsigned slots = 1;
    util::Bytes inline_limit;
    std::chrono::seconds kill_grace{0};

    std::string store_directory() const { return cache_root + "/store/v1"; }
};

struct HostOptions {
    host::Base base = host::Base::host;
    bool read_only = false;
    std::vector<std::string> pass_env;
    std::vector<std::string> project_exclude;
    std::vector<std::string> project_include;
    bool list_project_files = false;
    bool terminal = false;  ///< jobs are started on one
};

/// The rows of `HostOptions`; those of `MachineOptions` are among `config::common_options`.
std::vector<config::Option> host_rows();

MachineOptions machine_options_from(const config::Values& values);
HostOptions host_options_from(const config::Values& values);

/// The end of a program whose values ask for what no test runner can do yet.
std::optional<config::Ending> refuse(const config::Values& values,
                                     const config::Surroundings& surroundings);

}  // namespace maelstrom::runner
