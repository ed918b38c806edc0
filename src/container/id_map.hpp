#pragma once

#include "sys/fd.hpp"
#include "util/error.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace maelstrom::container {

/// The user and group of the host that root's jobs run as. Nobody has this number: it lies in the
/// range that distributions leave unused (systemd's "users, groups, UIDs and GIDs").
inline constexpr std::uint32_t unprivileged_id = 2'100'000'001;

/// Shows what we own as owned by `unprivileged_id`, and takes what that one writes as ours
/// (mount_setattr(2), MOUNT_ATTR_IDMAP). Only root of the host can make one.
class IdMap {
public:
    static util::Result<IdMap> create();

    /// What is mounted at a path, with all below it, detached. Sub-mounts that cannot be mapped
    /// stay as they are, so that their files are somebody else's; if the place itself cannot be,
    /// that is an error.
    util::Result<sys::Fd> clone_tree(const std::string& path) const;
    /// A single file, mapped if its file system can.
    util::Result<sys::Fd> clone_node(const std::string& path) const;

private:
    explicit IdMap(sys::Fd user_namespace) : user_namespace_(std::move(user_namespace)) {}

    sys::Fd user_namespace_;  ///< whose id maps are ours; nobody lives in it
};

}  // namespace maelstrom::container
