#pragma once

#include "layer/tree.hpp"

namespace maelstrom::layer {

/// Makes the directories of a layer and fills them with links into the store, with as many threads
/// as the machine has cores.
///
///     1. each directory: its files and links, then those below it – by another thread if one waits
///     2. modes and times of the directories, once nothing is put into them any more
///
/// A missing blob fails it at the end only: by then every damaged one that can be noticed has been,
/// and one more build of the layer makes all of them again.
class Materialiser final : public store::Store::Filler {
public:
    Materialiser(store::Store& store, const Directory& tree) : store_(store), tree_(tree) {}

    Result<util::Bytes> fill(const sys::Fd& directory) override;

private:
    store::Store& store_;
    const Directory& tree_;
};

}  // namespace maelstrom::layer
