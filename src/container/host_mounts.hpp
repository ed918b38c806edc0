#pragma once

#include <string>
#include <vector>

namespace maelstrom::container {

/// The places below a host directory where a network, FUSE or automount file system is mounted,
/// relative to it, outermost only: a container must not follow them. `mount_table` is the text of
/// /proc/self/mountinfo.
std::vector<std::string> foreign_mounts_below(const std::string& directory,
                                              const std::string& mount_table);

/// All places below a host directory where something is mounted, relative to it, in the order in
/// which it was.
std::vector<std::string> mounts_below(const std::string& directory);

/// A directory inside each proc and sysfs that is mounted here. Something mounted on all of them
/// makes Linux refuse fresh ones to new user namespaces.
std::vector<std::string> directories_of_kernel_mounts();

}  // namespace maelstrom::container
