#pragma once

#include "util/error.hpp"

#include <string_view>

namespace maelstrom::sys {

/// Gives descriptors 0 to 2 that were closed at the start to nobody: otherwise the next file opened
/// would become standard output. Using them fails as before.
void occupy_standard_streams();

/// Writes all of it, to a descriptor that others may have made non-blocking: those who share the
/// terminal or pipe with us. The error says that it was writing to `name`.
util::Result<void> write_whole(int fd, std::string_view bytes, std::string_view name);

}  // namespace maelstrom::sys
