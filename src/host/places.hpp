#pragma once

#include <array>
#include <string>

namespace maelstrom::host {

inline constexpr std::array kernel_places = {"/proc", "/sys", "/dev"};
/// Where programs leave what nobody misses.
inline constexpr std::array temporary_places = {"/tmp", "/dev/shm", "/var/tmp", "/run"};

/// Why the whole of this directory never goes into a container, as a clause ("/ is the whole
/// host"); empty if it may. Both paths absolute and free of links.
std::string why_not_whole(const std::string& directory, const std::string& home);

}  // namespace maelstrom::host
