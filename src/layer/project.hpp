#pragma once

#include "job/spec.hpp"
#include "util/bytes.hpp"
#include "util/error.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace maelstrom::layer {

/// How much of a project goes into its snapshot; for the note that it is large.
struct ProjectSummary {
    struct Part {
        std::string directory;  ///< relative to the root
        std::uint64_t files = 0;
        util::Bytes size;
    };
    std::string root;
    std::uint64_t files = 0;
    util::Bytes size;
    std::vector<Part> largest;  ///< directories directly below the root or one deeper, by size, at
                                ///< most five; filled when `is_large`

    /// Above 50,000 files or 2 GiB.
    bool is_large() const;
    /// "data (70000 files, 3.2 GB), data/raw (…)"
    std::string largest_text() const;
};

/// The absolute paths of all that a snapshot of the project would hold, sorted
/// (`--list-project-files`): files, links and directories (with a final slash), targets of links
/// out of the project included.
util::Result<std::vector<std::string>> list_project_files(const job::ProjectLayer& project,
                                                          const std::string& home);

}  // namespace maelstrom::layer
