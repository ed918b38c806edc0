#include "sys/standard_streams.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
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

util::Result<void> write_whole(int fd, std::string_view bytes, std::string_view name) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
            ::poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return util::fail_errno("writing to {}", name);
        }
    }
    return {};
}

}  // namespace maelstrom::sys
