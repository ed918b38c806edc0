#include "config/directories.hpp"

#include "util/text.hpp"

#include <utility>

namespace maelstrom::config {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

/// Unset, empty and relative count as unset.
std::optional<std::string> absolute_variable(const Surroundings& surroundings,
                                             std::string_view name) {
    std::optional<std::string> value = surroundings.variable(name);
    return value && value->starts_with('/') ? value : std::nullopt;
}

Result<std::string> home_directory(const Surroundings& surroundings) {
    if (std::optional<std::string> home = absolute_variable(surroundings, "HOME")) {
        return *std::move(home);
    }
    if (std::optional<std::string> home = surroundings.home_in_user_database()) {
        return *std::move(home);
    }
    return fail(ErrorKind::not_found,
                "no home directory: HOME is not set to an absolute path and the user database has "
                "no entry for this user; set HOME");
}

std::vector<std::string> system_configs(const Surroundings& surroundings) {
    std::vector<std::string> result;
    const std::string list = surroundings.variable("XDG_CONFIG_DIRS").value_or("/etc/xdg");
    for (const std::string_view entry : util::split(list, ':')) {
        if (entry.starts_with('/')) {
            result.emplace_back(entry);
        }
    }
    return result;
}

}  // namespace

Result<Directories> Directories::of(const Surroundings& surroundings) {
    Directories result;
    result.home = TRY(home_directory(surroundings));
    result.cache =
        absolute_variable(surroundings, "XDG_CACHE_HOME").value_or(result.home + "/.cache");
    result.configs.push_back(
        absolute_variable(surroundings, "XDG_CONFIG_HOME").value_or(result.home + "/.config"));
    for (std::string& directory : system_configs(surroundings)) {
        result.configs.push_back(std::move(directory));
    }
    return result;
}

std::vector<std::string> Directories::config_files(const Program& program) const {
    std::vector<std::string> files;
    for (const std::string& config : configs) {
        for (const std::string_view directory : program.directories) {
            files.push_back(fmt::format("{}/maelstrom/{}/config.toml", config, directory));
        }
    }
    return files;
}

}  // namespace maelstrom::config
