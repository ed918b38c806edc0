#pragma once

#include "util/error.hpp"

#include <string>

namespace maelstrom::sys {

/// Removes the thing and everything below it, however deep; missing is fine. Follows no links, and
/// fails where another file system is mounted below it rather than emptying that. Directories that
/// somebody closed to us are opened first. Takes two descriptors and no stack worth mentioning.
util::Result<void> remove_tree(int directory, const std::string& path);

}  // namespace maelstrom::sys
