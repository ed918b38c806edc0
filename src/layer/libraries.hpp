#pragma once

#include "util/error.hpp"

#include <string>
#include <vector>

namespace maelstrom::layer {

/// Where libraries are looked for, besides what the files themselves say.
struct LibrarySearch {
    std::vector<std::string> ld_library_path;  ///< `LD_LIBRARY_PATH`
    std::vector<std::string> configured;       ///< `/etc/ld.so.conf` with what it includes
    std::string musl_directory = "/etc";       ///< holds `ld-musl-<machine>.path`

    /// As this machine has it. `configuration` is `/etc/ld.so.conf`.
    static LibrarySearch of_machine(const std::string& ld_library_path,
                                    const std::string& configuration = "/etc/ld.so.conf");
};

/// The interpreter and all libraries that the program would load, at the paths where they were
/// found, sorted. Empty for a static program. A library that is nowhere is an error that names it
/// and the file that needs it.
util::Result<std::vector<std::string>> libraries_of(const std::string& program,
                                                    const LibrarySearch& search);

}  // namespace maelstrom::layer
