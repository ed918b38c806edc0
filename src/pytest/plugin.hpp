#pragma once

#include <array>
#include <string_view>

namespace maelstrom::pytest {

struct PluginFile {
    std::string_view name;  ///< in the directory that all of them are in
    std::string_view content;
};

/// The Python program that runs pytest in the container (plugin.py), and then what it loads where
/// that is needed (the files that are called `…_parts.py`), as they were when we were built.
std::array<PluginFile, 5> plugin_files();

}  // namespace maelstrom::pytest
