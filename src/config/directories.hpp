#pragma once

#include "config/option.hpp"
#include "config/surroundings.hpp"
#include "util/error.hpp"

#include <string>
#include <vector>

namespace maelstrom::config {

/// Where this user's files belong (XDG base directories).
struct Directories {
    std::string home;                  ///< absolute
    std::string cache;                 ///< `$XDG_CACHE_HOME`
    std::vector<std::string> configs;  ///< most preferred first

    static util::Result<Directories> of(const Surroundings& surroundings);

    /// Where a program's configuration files may be, most preferred first.
    std::vector<std::string> config_files(const Program& program) const;
};

}  // namespace maelstrom::config
