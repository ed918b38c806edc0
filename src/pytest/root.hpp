#pragma once

#include "host/files.hpp"

#include <string>
#include <vector>

namespace maelstrom::pytest {

/// The directory that holds all that pytest would look at for these arguments: its root directory,
/// the working directory, and the paths among the arguments. The root directory is found as pytest
/// finds it: the nearest configuration file that has a section for it, at or above the working
/// directory; else the nearest pyproject.toml or setup.py.
std::string find_root(const host::Files& files,
                      const std::string& working_directory,
                      const std::vector<std::string>& arguments);

}  // namespace maelstrom::pytest
