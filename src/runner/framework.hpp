#pragma once

#include "filter/vocabulary.hpp"
#include "runner/collector.hpp"
#include "runner/job_defaults.hpp"
#include "runner/project_container.hpp"
#include "util/error.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace maelstrom::runner {

/// Names that a test runner goes by.
struct Identity {
    std::string program;            ///< "maelstrom-pytest"
    std::string_view starter_file;  ///< what `--init` writes
    filter::Dialect dialect = filter::Dialect::pytest;

    std::string metadata_file() const { return program + ".toml"; }
    /// Below the working directory; what the program itself writes.
    std::string own_directory() const { return "." + program; }
};

/// One test runner, as far as it differs from the others. Belongs to its program.
class Framework {
public:
    virtual ~Framework() = default;

    virtual Identity identity() const = 0;
    /// The directory whose files tests depend on, when called in `directory`. Both are absolute.
    virtual std::string project_root(const std::string& directory) const = 0;
    /// The host container with what this framework needs. Not called where no container builds on
    /// it; called again for each run while files are watched.
    virtual util::Result<ProjectContainer> project_container(const std::string& directory,
                                                             const host::Variables& variables) = 0;
    /// Makes a container one that the collector's own jobs can run in.
    virtual job::Container equip(job::Container container) const { return container; }
    /// Whether nothing on the command line narrows what is collected.
    virtual bool collects_everything() const { return false; }
    /// A new one for each run.
    virtual std::unique_ptr<Collector> collector(const JobDefaults& defaults) = 0;
};

}  // namespace maelstrom::runner
