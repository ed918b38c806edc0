#pragma once

#include <chrono>

namespace maelstrom::sys {

/// What the calling thread has used so far, in user and system mode.
std::chrono::nanoseconds thread_processor_time();

}  // namespace maelstrom::sys
