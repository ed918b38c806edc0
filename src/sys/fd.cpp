#include "sys/fd.hpp"

#include <unistd.h>

namespace maelstrom::sys {

void Fd::close() {
    if (fd_ >= 0) {
        // Never retried: on Linux the descriptor is gone whatever close says (close(2)).
        ::close(std::exchange(fd_, -1));
    }
}

}  // namespace maelstrom::sys
