#pragma once

#include <pthread.h>

namespace maelstrom::testing {

/// While it exists no thread can be started, as where too many run: each would get a stack larger
/// than all memory. Threads that were started before go on.
class NoThreads {
public:
    NoThreads();
    NoThreads(const NoThreads&) = delete;
    NoThreads& operator=(const NoThreads&) = delete;
    ~NoThreads();

private:
    pthread_attr_t before_;
};

}  // namespace maelstrom::testing
