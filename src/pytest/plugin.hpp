#pragma once

#include "job/spec.hpp"
#include "util/json_text.hpp"

#include <string>
#include <string_view>

namespace maelstrom::pytest {

/// The Python program that runs pytest, in containers that have the layer below (plugin.py).
inline constexpr std::string_view plugin_path = "/.maelstrom/pytest_plugin.py";

/// That program, what it loads where that is needed (the files that are called `…_parts.py`), as
/// they were when we were built, and the library of fork points.
job::Layer plugin_layer();

job::Container with_plugin(job::Container container);

/// In what the program is to do: where it starts pytest, unless that is empty.
void name_directory(util::JsonWriter& task, const std::string& directory);

}  // namespace maelstrom::pytest
