#include "ui/output.hpp"

#include "sys/standard_streams.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace maelstrom::ui {

namespace {

struct winsize window_size(int fd) {
    struct winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0) {
        size = {};
    }
    return size;
}

util::Result<void> write_to(int fd, std::string_view text) {
    return sys::write_whole(fd, text, fd == STDERR_FILENO ? "standard error" : "standard output");
}

}  // namespace

StandardOutput::StandardOutput(const TerminalWishes& wishes, int fd)
    : fd_(fd), is_tty_(::isatty(fd) == 1), terminal_(is_tty_ && moves_cursor(wishes.term)),
      colour_(wants_colour(wishes, terminal_)) {
}

void StandardOutput::write(std::string_view text) {
    if (status_) {
        status_ = write_to(fd_, text);
    }
}

void StandardOutput::write_log(std::string_view text) {
    // Nobody to tell when that fails.
    static_cast<void>(write_to(STDERR_FILENO, text));
}

std::size_t StandardOutput::columns() const {
    const struct winsize size = window_size(fd_);
    return is_tty_ && size.ws_col > 0 ? size.ws_col : 80;
}

std::size_t StandardOutput::rows() const {
    const struct winsize size = window_size(fd_);
    return is_tty_ && size.ws_row > 0 ? size.ws_row : 24;
}

}  // namespace maelstrom::ui
