#pragma once

#include <array>
#include <string_view>

namespace maelstrom::layer {

/// Directories of the host's system that the host container shows as they are, besides some of
/// those in "/".
inline constexpr std::array<const char*, 4> host_base_directories = {"/usr", "/opt", "/nix/store",
                                                                     "/gnu/store"};
/// Whether a directory of "/" is shown as well: "bin", "sbin", "lib64"…
bool is_host_base_name(std::string_view name);

/// `path` absolute.
bool is_in_host_base(std::string_view path);

}  // namespace maelstrom::layer
