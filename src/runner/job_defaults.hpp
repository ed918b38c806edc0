#pragma once

#include "runner/case.hpp"
#include "util/bytes.hpp"

#include <string>
#include <vector>

namespace maelstrom::runner {

/// Where the jobs of a collector run, unless directives say otherwise for a case.
struct JobDefaults {
    std::string project;     ///< absolute: where the program was called
    std::string container;   ///< its name, as the client knows it
    bool host_name = false;  ///< jobs show the host's own name
    bool on_host = true;     ///< it builds on the host container
    std::string directory;   ///< the jobs' working directory
    /// Names of the caller's variables that jobs do not get, for hints.
    std::vector<std::string> variables_left_outside;
    util::Bytes output_limit;  ///< kept of each stream of a job
    bool list = false;         ///< names are wanted, nothing else
};

/// A job in the container of the case, with the variables that tests find; the program is still
/// missing.
JobRequest begin_request(const JobDefaults& defaults, const Case& test, Attempt attempt);

}  // namespace maelstrom::runner
