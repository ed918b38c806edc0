#include "ui/output.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace maelstrom::ui {

namespace {

struct winsize window_size() {
    struct winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        size = {};
    }
    return size;
}

}  // namespace

bool wants_colour(const ColourWishes& wishes, bool is_terminal) {
    if (!wishes.no_color.empty()) {
        return false;
    }
    if (!wishes.clicolor_force.empty() && wishes.clicolor_force != "0") {
        return true;
    }
    return is_terminal && wishes.clicolor != "0";
}

StandardOutput::StandardOutput(const ColourWishes& wishes)
    : terminal_(::isatty(STDOUT_FILENO) == 1), colour_(wants_colour(wishes, terminal_)) {
}

void StandardOutput::write(std::string_view text) {
    while (!text.empty() && status_) {
        const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            // Somebody who shares the terminal with us made it non-blocking.
            struct pollfd room{STDOUT_FILENO, POLLOUT, 0};
            ::poll(&room, 1, -1);
        } else if (errno != EINTR) {
            status_ = util::fail_errno("writing to standard output");
        }
    }
}

std::size_t StandardOutput::columns() const {
    const struct winsize size = window_size();
    return terminal_ && size.ws_col > 0 ? size.ws_col : 80;
}

std::size_t StandardOutput::rows() const {
    const struct winsize size = window_size();
    return terminal_ && size.ws_row > 0 ? size.ws_row : 24;
}

}  // namespace maelstrom::ui
