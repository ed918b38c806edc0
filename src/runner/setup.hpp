#pragma once

#include "filter/selection.hpp"
#include "runner/directives.hpp"
#include "runner/project_container.hpp"
#include "runner/standing.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>

namespace maelstrom::runner {

/// What a run depends on, read before anything is started.
struct Setup {
    std::string directory;  ///< the working directory
    filter::Selection selection;
    std::optional<Directives> directives;  ///< none: there is no metadata file
    ProjectContainer project;              ///< empty where no container builds on it
};

util::Result<Setup> prepare(const Standing& standing);

}  // namespace maelstrom::runner
