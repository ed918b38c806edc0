#pragma once

#include "container/plan.hpp"
#include "slot/wire.hpp"

#include <string>
#include <vector>

namespace maelstrom::container {

/// A mount of a plan as the slot makes it; a `devices` mount gives several.
struct PlannedMount {
    slot::MountKind kind{};
    slot::Placement placement{};
    std::string target;
    std::string source;
    std::string view = {};  ///< see slot::Mount
    auto operator<=>(const PlannedMount&) const = default;
};

/// The mounts in their order, each made as early as that order allows: what all jobs can share is
/// made once, unless an earlier mount that is fresh for each job touches the same place.
std::vector<PlannedMount> planned_mounts(const Plan& plan);

}  // namespace maelstrom::container
