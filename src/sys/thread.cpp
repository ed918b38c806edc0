#include "sys/thread.hpp"

#include <cerrno>

namespace maelstrom::sys {

std::unexpected<util::Error> no_thread(int number) {
    util::Error error = util::Error::from_errno(number, "starting a thread");
    if (number == EAGAIN) {
        error.while_doing("too many processes of this user or in this container (see ulimit -u and "
                          "the limit of pids)");
    }
    return std::unexpected(std::move(error));
}

}  // namespace maelstrom::sys
