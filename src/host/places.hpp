#pragma once

#include <string>

namespace maelstrom::host {

/// Why the whole of this directory never goes into a container, as a clause ("/ is the whole
/// host"); empty if it may. Both paths absolute and free of links.
std::string why_not_whole(const std::string& directory, const std::string& home);

}  // namespace maelstrom::host
