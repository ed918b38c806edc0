#pragma once

#include "store/retired_directories.hpp"

namespace maelstrom::store {

/// Retires the directories that show a damaged file, unless somebody alive uses them. With the
/// store's lock held.
Result<void> retire_damaged(Store::Parts& parts, RetiredDirectories& retired);

}  // namespace maelstrom::store
