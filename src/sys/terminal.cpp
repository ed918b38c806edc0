#include "sys/terminal.hpp"

#include "util/check.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace maelstrom::sys {

namespace {

// The one thing here that must be found by a signal handler.
volatile std::sig_atomic_t raw_fd = -1;
termios cooked;

constexpr std::array crashes{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};

/// tcsetattr(3) may be called here: signal-safety(7). The signal itself follows, since its effect
/// is the default again.
void restore_and_crash(int signal) {
    if (raw_fd >= 0) {
        tcsetattr(raw_fd, TCSANOW, &cooked);
    }
    raise(signal);
}

void handle_crashes() {
    struct sigaction action{};
    action.sa_handler = restore_and_crash;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : crashes) {
        struct sigaction current{};
        // Sanitizers and the like have handlers of their own.
        if (sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
            sigaction(signal, &action, nullptr);
        }
    }
}

int set_mode(int fd, int when, const termios& mode) {
    int result = -1;
    do {
        result = tcsetattr(fd, when, &mode);
    } while (result != 0 && errno == EINTR);
    return result;
}

}  // namespace

bool is_terminal(int fd) {
    return isatty(fd) == 1;
}

util::Result<TerminalSize> terminal_size(int fd) {
    winsize size{};
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) {
        return util::fail_errno("reading the terminal's size");
    }
    if (size.ws_row == 0 || size.ws_col == 0) {
        return TerminalSize{};
    }
    return TerminalSize{size.ws_row, size.ws_col};
}

util::Result<void> set_terminal_size(int fd, TerminalSize size) {
    const winsize changed{.ws_row = size.rows, .ws_col = size.columns};
    if (ioctl(fd, TIOCSWINSZ, &changed) != 0) {
        return util::fail_errno("setting the terminal's size");
    }
    return {};
}

util::Result<RawTerminal> RawTerminal::enter(int fd) {
    CHECK(raw_fd < 0);
    if (tcgetattr(fd, &cooked) != 0) {
        return util::fail_errno("reading the terminal's mode");
    }
    handle_crashes();
    raw_fd = fd;
    RawTerminal terminal(fd);
    TRY(terminal.reenter());
    return terminal;
}

RawTerminal::RawTerminal(RawTerminal&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {
}

RawTerminal::~RawTerminal() {
    if (fd_ >= 0) {
        leave();
        raw_fd = -1;
    }
}

void RawTerminal::leave() {
    set_mode(fd_, TCSADRAIN, cooked);
}

util::Result<void> RawTerminal::reenter() {
    termios raw = cooked;
    cfmakeraw(&raw);
    // Not flushing: what was typed ahead is for the job.
    if (set_mode(fd_, TCSADRAIN, raw) != 0) {
        return util::fail_errno("setting the terminal to raw mode");
    }
    return {};
}

}  // namespace maelstrom::sys
