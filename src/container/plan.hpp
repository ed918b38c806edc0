#pragma once

#include "job/execution.hpp"
#include "util/error.hpp"

#include <string>
#include <vector>

namespace maelstrom::container {

/// What a slot is built from: everything about a container that does not change from one job to the
/// next. Jobs whose plans are equal may use the same slot, one after the other.
struct Plan {
    std::vector<std::string> lowers;  ///< absolute host directories, top-most first, never empty
    job::Root root;
    std::vector<job::Mount> mounts;  ///< in order; mount points and sources absolute and normalised
    job::Network network = job::Network::disabled;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    job::Capabilities capabilities = job::Capabilities::none;
    job::Limits limits;
    std::string host_name;
    bool fork_point = false;  ///< the program makes further jobs by forking itself
    auto operator<=>(const Plan&) const = default;

    /// From a finished container and the directories that hold its layers, top-most first (as
    /// `layer::prepare_root` gives them). An error is the fault of the job's author.
    static util::Result<Plan> make(const job::Environment& environment,
                                   std::vector<std::string> directories);
};

/// The name a job sees unless it asked for the host's own.
inline constexpr const char* fixed_host_name = "maelstrom";

}  // namespace maelstrom::container
