#include "container/host_trees.hpp"

#include "container/encode.hpp"
#include "container/planned_mounts.hpp"

#include <cerrno>

namespace maelstrom::container {

using util::Result;

namespace {

bool comes_from_host(slot::MountKind kind) {
    return kind == slot::MountKind::bind || kind == slot::MountKind::bind_read_only ||
           kind == slot::MountKind::host_tree || kind == slot::MountKind::device;
}

/// A source that is not there is its author's business: the slot will name it.
bool is_missing(const util::Error& error) {
    return error.os_error() == ENOENT || error.os_error() == ENOTDIR || error.os_error() == ELOOP;
}

}  // namespace

Result<HostTrees> HostTrees::open(const IdMap& map, const Plan& plan, const std::string& scratch) {
    HostTrees trees;
    trees.layers_ = trees.keep(TRY(map.clone_tree(common_directory(plan.lowers))));
    if (const auto* captured = std::get_if<job::CapturedRoot>(&plan.root)) {
        const std::string changes = common_directory({captured->upper, captured->work});
        trees.changes_ = trees.keep(TRY(map.clone_tree(changes)));
    } else if (!scratch.empty()) {
        trees.changes_ = trees.keep(TRY(map.clone_tree(scratch)));
    }
    for (const PlannedMount& mount : planned_mounts(plan)) {
        std::int32_t number = slot::no_tree;
        if (comes_from_host(mount.kind)) {
            auto tree = mount.kind == slot::MountKind::device ? map.clone_node(mount.source)
                                                              : map.clone_tree(mount.source);
            if (!tree && !is_missing(tree.error())) {
                return std::unexpected(std::move(tree).error());
            }
            number = tree ? trees.keep(std::move(*tree)) : slot::no_tree;
        }
        trees.mounts_.push_back(number);
    }
    return trees;
}

std::vector<int> HostTrees::descriptors() const {
    std::vector<int> descriptors;
    for (const sys::Fd& tree : trees_) {
        descriptors.push_back(tree.get());
    }
    return descriptors;
}

std::int32_t HostTrees::keep(sys::Fd tree) {
    trees_.push_back(std::move(tree));
    return slot::first_tree_descriptor + static_cast<std::int32_t>(trees_.size()) - 1;
}

}  // namespace maelstrom::container
