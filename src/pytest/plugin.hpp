#pragma once

#include <string_view>

namespace maelstrom::pytest {

/// The Python program that runs pytest in the container (plugin.py), as it was when we were built.
std::string_view plugin_source();
/// What it loads where pytest-cov is at work (coverage_parts.py).
std::string_view coverage_source();

}  // namespace maelstrom::pytest
