#pragma once

#include "host/files.hpp"
#include "host/layout.hpp"

#include <string>
#include <vector>

namespace maelstrom::host {

/// The directories that an activated environment needs: a virtual one itself and the interpreter
/// that it was made from, as far as that is not part of the base; conda's, which holds all of
/// itself. None if `directory` is neither.
std::vector<FurtherTree> environment_trees(const Files& files, const std::string& directory);

}  // namespace maelstrom::host
