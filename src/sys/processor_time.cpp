#include "sys/processor_time.hpp"

#include <ctime>

namespace maelstrom::sys {

std::chrono::nanoseconds thread_processor_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace maelstrom::sys
