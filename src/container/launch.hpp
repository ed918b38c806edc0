#pragma once

#include "job/execution.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace maelstrom::container {

/// One program to start in a slot: everything that may differ between two jobs of one plan.
struct Launch {
    std::string program;                   ///< as written; becomes argv[0]
    std::vector<std::string> arguments;    ///< without argv[0]
    std::vector<std::string> environment;  ///< "KEY=VALUE", complete
    std::vector<std::string> candidates;   ///< paths to try in order (specification: jobs 13)
    std::string working_directory = "/";
    std::optional<job::WindowSize> terminal;
    /// For a job that is forked: what its fork point is to do in it. All else is the point's.
    std::string task;

    /// An error is the fault of the job's author.
    static util::Result<Launch> make(const job::Execution& execution);
};

/// The files that `program` may mean: itself if it has a slash, one for each element of the PATH in
/// `environment` otherwise, and the working directory's if there is no PATH.
std::vector<std::string> look_up_candidates(const std::string& program,
                                            const std::vector<std::string>& environment);

}  // namespace maelstrom::container
