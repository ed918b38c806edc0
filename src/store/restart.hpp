#pragma once

#include "store/store.hpp"

namespace maelstrom::store {

/// Files are not synced: after the machine has stopped, some may be empty that were written just
/// before. The first program to open the store after each start of the machine drops the
/// directories that nobody uses, and has blobs looked at again.
Result<void> distrust_after_restart(Store::Parts& parts);

}  // namespace maelstrom::store
