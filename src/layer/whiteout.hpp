#pragma once

#include <string_view>

// How a layer says that something of the layers below is gone: files with names of their own, in
// tar archives (OCI image specification, layer.md) and in stored trees alike.

namespace maelstrom::layer {

/// ".wh.NAME": NAME is gone.
inline constexpr std::string_view whiteout_prefix = ".wh.";
/// All that the directory had in layers below is gone.
inline constexpr std::string_view opaque_name = ".wh..wh..opq";

}  // namespace maelstrom::layer
