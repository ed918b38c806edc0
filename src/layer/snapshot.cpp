#include "layer/snapshot.hpp"

#include "layer/link_targets.hpp"
#include "layer/project_summary.hpp"
#include "layer/project_walk.hpp"
#include "util/text.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace maelstrom::layer {

Result<Snapshot> look_at_project(const job::ProjectLayer& project, const std::string& home) {
    if (!project.root.starts_with('/')) {
        return util::fail(util::ErrorKind::invalid, "project root {} is not absolute",
                          util::quoted(project.root));
    }
    struct stat status{};
    if (::stat(project.root.c_str(), &status) != 0) {
        return util::fail_errno("looking at the project {}", project.root);
    }
    ProjectWalk walker = TRY(ProjectWalk::of(project));
    TRY(walk(project.root, walker));
    Snapshot snapshot{.inputs = {.ignores_directory_identity = true, .tolerates_loss = true},
                      .summary = {}};
    Item top = TRY(item_from(project.root, project.root, status));
    snapshot.inputs.items = walker.take(top.attributes.mtime);
    top.attributes.mtime = newest_of(snapshot.inputs.items, top.attributes.mtime);
    TRY(add_link_targets(snapshot.inputs.items, project.root, home));
    snapshot.inputs.items.push_back(std::move(top));
    snapshot.summary = summarise(project.root, snapshot.inputs.items);
    return snapshot;
}

Result<std::vector<std::string>> list_project_files(const job::ProjectLayer& project,
                                                    const std::string& home) {
    const Snapshot snapshot = TRY(look_at_project(project, home));
    std::vector<std::string> paths;
    for (const Item& item : snapshot.inputs.items) {
        paths.push_back(item.kind == Item::Kind::directory ? item.path + "/" : item.path);
    }
    std::ranges::sort(paths);
    return paths;
}

}  // namespace maelstrom::layer
