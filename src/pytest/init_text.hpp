#pragma once

#include <string_view>

namespace maelstrom::pytest {

/// What `--init` writes: in effect the same as no file at all.
std::string_view init_text();

}  // namespace maelstrom::pytest
