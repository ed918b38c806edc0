#pragma once

namespace maelstrom::sys {

/// Gives descriptors 0 to 2 that were closed at the start to nobody: otherwise the next file opened
/// would become standard output. Using them fails as before.
void occupy_standard_streams();

}  // namespace maelstrom::sys
