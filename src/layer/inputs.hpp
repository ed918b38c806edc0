#pragma once

#include "layer/item.hpp"
#include "store/store.hpp"

#include <optional>
#include <vector>

namespace maelstrom::layer {

/// All that goes into a layer, before anything has been read.
struct Inputs {
    std::vector<Item> items;
    /// A directory's identity says nothing about the layer (a project's directories change whenever
    /// a cache is written beside the files).
    bool ignores_directory_identity = false;
    /// A file that has gone or closed since is left out.
    bool tolerates_loss = false;
};

/// Names the inputs: the same as long as none of them has changed. None if one changed so recently
/// that another change might not show.
std::optional<Digest> fingerprint(const Inputs& inputs, const timespec& scan_began);

/// Reads what the store does not know yet and puts the layer.
Result<Digest> put(store::Store& store, const Inputs& inputs);

}  // namespace maelstrom::layer
