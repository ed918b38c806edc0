#pragma once

#include "util/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace maelstrom::container {

// The files of a cgroup v2 group, by the descriptor of its directory (cgroups(7)).

util::Result<void> write_control(int group, const std::string& name, std::string_view text);
/// Empty if it is not there.
std::string read_control(int group, const std::string& name);
/// The number behind `key` in lines of "key number"; 0 if absent.
std::uint64_t value_of(std::string_view text, std::string_view key);

}  // namespace maelstrom::container
