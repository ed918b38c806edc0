#pragma once

#include "store/file_identity.hpp"
#include "util/error.hpp"

#include <map>
#include <optional>
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

struct Libraries {
    /// The interpreter and all libraries that the program would load, at the paths where they were
    /// found, sorted. Empty for a static program.
    std::vector<std::string> found;
    /// All that was looked at, the program and what was passed over as well, as it was at that
    /// moment: none if it was not there. While all of it stays so, what is found does, too.
    std::map<std::string, std::optional<store::FileIdentity>> looked_at;
};

/// A library that is nowhere is an error that names it and the file that needs it.
util::Result<Libraries> look_for_libraries(const std::string& program, const LibrarySearch& search);

/// Only what is found.
util::Result<std::vector<std::string>> libraries_of(const std::string& program,
                                                    const LibrarySearch& search);

}  // namespace maelstrom::layer
