#pragma once

#include <source_location>

namespace maelstrom::util {

[[noreturn]] void check_failed(const char* condition,
                               std::source_location where = std::source_location::current());

}  // namespace maelstrom::util

/// For our own mistakes only: aborts with the place. Nothing that a user, a file or a peer sends
/// may reach it.
#define CHECK(condition)                                                                           \
    (static_cast<bool>(condition) ? static_cast<void>(0)                                           \
                                  : ::maelstrom::util::check_failed(#condition))
