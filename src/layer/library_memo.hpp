#pragma once

#include "layer/libraries.hpp"

namespace maelstrom::store {
class Store;
}

namespace maelstrom::layer {

/// As `libraries_of`, but what the store remembers is not looked for again: the answer stays the
/// same while every file that was looked at is as it was, and absent where it was absent.
util::Result<std::vector<std::string>> remembered_libraries_of(store::Store& store,
                                                               const std::string& program,
                                                               const LibrarySearch& search);

}  // namespace maelstrom::layer
