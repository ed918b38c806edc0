#include "run/printer.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace maelstrom::run {

util::Result<void> write_whole(int fd, std::string_view bytes, std::string_view name) {
    while (!bytes.empty()) {
        const ssize_t count = write(fd, bytes.data(), bytes.size());
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            // Whoever shares the terminal or pipe with us may have made it non-blocking.
            pollfd wait{.fd = fd, .events = POLLOUT, .revents = 0};
            poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return util::fail_errno("writing to {}", name);
        }
    }
    return {};
}

util::Result<void> Printer::print(const Report& report) const {
    TRY(write_whole(output_, report.output, "standard output"));
    TRY(write_whole(errors_, report.errors, "standard error"));
    return {};
}

}  // namespace maelstrom::run
