#pragma once

#include <string_view>

namespace maelstrom::pytest {

/// Of a project, beside the directory that pytest is called in.
inline constexpr std::string_view metadata_file = "maelstrom-pytest.toml";

/// What `--init` writes: in effect the same as no file at all.
std::string_view starter_text();

}  // namespace maelstrom::pytest
