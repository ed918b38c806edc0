#include "runner/setup.hpp"

#include "sys/file.hpp"
#include "util/log.hpp"

#include <fmt/format.h>

#include <utility>

namespace maelstrom::runner {

using util::Result;

Result<Setup> prepare(const Standing& standing) {
    const Identity identity = standing.identity();
    Setup setup{.directory = TRY(sys::current_directory())};
    setup.selection = TRY(selection_of(standing.options, identity.dialect));
    std::optional<std::string> warning = setup.selection.warning();
    const std::string file = fmt::format("{}/{}", setup.directory, identity.metadata_file());
    if (auto metadata = TRY(load_metadata(file, {.dialect = identity.dialect}))) {
        if (!warning && metadata->warning) {
            warning = fmt::format("{}: {}", file, *metadata->warning);
        }
        setup.directives.emplace(std::move(*metadata));
    }
    if (warning) {
        util::log::warning("{}", *warning);
    }
    setup.project.root = setup.directory;
    if (!setup.directives || setup.directives->needs_host() ||
        standing.options.host.list_project_files) {
        setup.project =
            TRY(standing.framework.project_container(setup.directory, standing.variables));
        for (const std::string& note : setup.project.notes) {
            util::log::info("{}", note);
        }
    }
    return setup;
}

}  // namespace maelstrom::runner
