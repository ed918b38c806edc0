#pragma once

namespace maelstrom::slot {

/// Removes what is there, whatever it is and however deep; nothing is fine, too. Takes a few
/// kilobytes of stack.
long remove_tree(const char* path);

}  // namespace maelstrom::slot
