#pragma once

// Where Python's arenas lie, see layout.cpp.

namespace maelstrom::fork_point {

/// Some more, so that few jobs need new memory.
void spare_arenas();
/// Notes which are in use, for `restore_arenas`.
void keep_arenas();
void restore_arenas();

}  // namespace maelstrom::fork_point
