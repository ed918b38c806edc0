#pragma once

#include "layer/item.hpp"
#include "layer/project.hpp"

#include <string>
#include <vector>

namespace maelstrom::layer {

/// The items are all that the snapshot of the project at `root` holds.
ProjectSummary summarise(const std::string& root, const std::vector<Item>& items);

}  // namespace maelstrom::layer
