file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/generated/util/version.hpp" CONTENT
"#pragma once
namespace maelstrom::util {
inline constexpr const char* version = \"@PROJECT_VERSION@\";
}  // namespace maelstrom::util
" @ONLY)
