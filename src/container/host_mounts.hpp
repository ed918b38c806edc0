#pragma once

#include <string>
#include <vector>

namespace maelstrom::container {

/// The places below a host directory where a network, FUSE or automount file system is mounted,
/// relative to it, outermost only: a container must not follow them.
std::vector<std::string> foreign_mounts_below(const std::string& directory);

/// The same from the text of /proc/self/mountinfo.
std::vector<std::string> foreign_mounts_below(const std::string& directory,
                                              const std::string& mount_table);

}  // namespace maelstrom::container
