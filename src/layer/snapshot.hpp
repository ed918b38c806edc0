#pragma once

#include "job/spec.hpp"
#include "layer/inputs.hpp"
#include "layer/project.hpp"

namespace maelstrom::layer {

struct Snapshot {
    Inputs inputs;
    ProjectSummary summary;
};

/// What a project's snapshot would hold, by looking at every file once (spec: what is left out, and
/// which targets of links are added).
Result<Snapshot> look_at_project(const job::ProjectLayer& project, const std::string& home);

}  // namespace maelstrom::layer
