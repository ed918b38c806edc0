#pragma once

#include "layer/item.hpp"

#include <string>
#include <vector>

namespace maelstrom::layer {

/// Adds what links among the items lead to outside of the project at `root`: what is small enough
/// and lies below `home` (specification: which targets of links are added). The others are named in
/// the log.
Result<void>
add_link_targets(std::vector<Item>& items, const std::string& root, const std::string& home);

}  // namespace maelstrom::layer
