#include "sys/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <initializer_list>

namespace maelstrom::sys {

void occupy_standard_streams() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(fd, F_GETFD) < 0) {
            // Open for the wrong direction: EBADF, as if it were closed. The lowest free
            // descriptor is taken, which is this one.
            static_cast<void>(
                ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));  // NOLINT
        }
    }
}

}  // namespace maelstrom::sys
