#include "sys/live_terminal.hpp"

#include "util/check.hpp"

#include <poll.h>
#include <pthread.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace maelstrom::sys {

namespace {

constexpr std::array ending_signals{SIGSEGV, SIGBUS,  SIGILL, SIGFPE,
                                    SIGABRT, SIGTRAP, SIGSYS, SIGQUIT};

// What signal handlers can reach. Written before `live` is set.
std::atomic<bool> live{false};
std::atomic<bool> suspend_wanted{false};
std::atomic<bool> continued{false};
pid_t drawing_thread = 0;
int output_fd = -1;
int input_fd = -1;  ///< -1: no keys, its mode is as it was
termios old_mode;
std::array<char, 64> leaving;
std::size_t leaving_size = 0;

void write_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(output_fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EAGAIN) {  // others may have made it non-blocking
            pollfd room{.fd = output_fd, .events = POLLOUT, .revents = 0};
            ::poll(&room, 1, -1);
        } else if (written <= 0 && errno != EINTR) {
            return;
        }
        bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
}

void give_back() {
    write_bytes({leaving.data(), leaving_size});
    if (input_fd >= 0) {
        ::tcsetattr(input_fd, TCSANOW, &old_mode);
    }
}

/// The signal itself follows, with its default effect.
void restore_and_end(int signal) {
    if (!restore_terminal(signal)) {
        // The thread that draws ends the process. Should it not come to that, this one does.
        const timespec patience{.tv_sec = 0, .tv_nsec = 200'000'000};
        ::nanosleep(&patience, nullptr);
        give_back();
    }
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
    raise(signal);
}

void note_suspend(int /*signal*/) {
    suspend_wanted.store(true);
}

void note_continued(int /*signal*/) {
    continued.store(true);
}

void handle(int signal, void (*handler)(int), int flags) {
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigaction(signal, &action, nullptr);
}

bool has_default(int signal) {
    struct sigaction current{};
    return sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_DFL;
}

void install_handlers() {
    for (const int signal : ending_signals) {
        // Sanitizers and the like have handlers of their own.
        if (has_default(signal)) {
            handle(signal, restore_and_end, 0);
        }
    }
    // A shell without job control ignores it.
    if (has_default(SIGTSTP)) {
        handle(SIGTSTP, note_suspend, SA_RESTART);
    }
    handle(SIGCONT, note_continued, SA_RESTART);
}

bool is_ours(int signal) {
    struct sigaction current{};
    return sigaction(signal, nullptr, &current) == 0 &&
           (current.sa_handler == restore_and_end || current.sa_handler == note_suspend ||
            current.sa_handler == note_continued);
}

void remove_handlers() {
    for (const int signal : ending_signals) {
        if (is_ours(signal)) {
            handle(signal, SIG_DFL, 0);
        }
    }
    for (const int signal : {SIGTSTP, SIGCONT}) {
        if (is_ours(signal)) {
            handle(signal, SIG_DFL, 0);
        }
    }
}

/// Changing the terminal's mode from the background would stop the process.
class WithoutStops {
public:
    WithoutStops() {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGTTOU);
        pthread_sigmask(SIG_BLOCK, &set, &before_);
    }
    ~WithoutStops() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    WithoutStops(const WithoutStops&) = delete;
    WithoutStops& operator=(const WithoutStops&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

bool restore_terminal(int signal) {
    if (!live.load()) {
        return true;
    }
    // Another thread could draw once more after this one has given the terminal back.
    if (::gettid() != drawing_thread) {
        return ::tgkill(::getpid(), drawing_thread, signal) != 0;
    }
    const int saved = errno;
    live.store(false);
    give_back();
    errno = saved;
    return true;
}

util::Result<LiveTerminal> LiveTerminal::enter(const Settings& settings) {
    CHECK(!live.load() && settings.leave.size() < leaving.size());
    output_fd = settings.output;
    input_fd = ::isatty(settings.input) == 1 ? settings.input : -1;
    if (input_fd >= 0 && ::tcgetattr(input_fd, &old_mode) != 0) {
        return util::fail_errno("reading the terminal's mode");
    }
    std::ranges::copy(settings.leave, leaving.begin());
    leaving_size = settings.leave.size();
    drawing_thread = ::gettid();
    suspend_wanted.store(false);
    continued.store(false);
    live.store(true);
    install_handlers();
    LiveTerminal terminal(settings);
    terminal.take();
    return terminal;
}

LiveTerminal::LiveTerminal(LiveTerminal&& other) noexcept
    : settings_(other.settings_), owns_(std::exchange(other.owns_, false)) {
}

LiveTerminal::~LiveTerminal() {
    if (owns_) {
        const WithoutStops quiet;
        live.store(false);
        give_back();
        remove_handlers();
    }
}

void LiveTerminal::take() {
    if (!is_foreground()) {
        return;
    }
    const WithoutStops quiet;
    if (input_fd >= 0) {
        termios keys = old_mode;
        keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        keys.c_cc[VMIN] = 0;
        keys.c_cc[VTIME] = 0;
        ::tcsetattr(input_fd, TCSADRAIN, &keys);
    }
    write_bytes(settings_.enter);
}

std::string LiveTerminal::keys() {
    std::string typed;
    if (input_fd < 0 || !is_foreground()) {
        return typed;
    }
    std::array<char, 64> bytes{};
    pollfd ready{.fd = input_fd, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, 0) == 1 && (ready.revents & POLLIN) != 0) {
        const ssize_t count = ::read(input_fd, bytes.data(), bytes.size());
        typed.assign(bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return typed;
}

bool LiveTerminal::is_foreground() const {
    const pid_t group = ::tcgetpgrp(output_fd);
    // Not our controlling terminal: nobody takes it away.
    return group < 0 || group == ::getpgrp();
}

bool LiveTerminal::wants_to_suspend() {
    return suspend_wanted.exchange(false);
}

void LiveTerminal::suspend() {
    {
        const WithoutStops quiet;
        give_back();
    }
    handle(SIGTSTP, SIG_DFL, 0);
    raise(SIGTSTP);  // returns when the process is continued
    handle(SIGTSTP, note_suspend, SA_RESTART);
    continued.store(true);
}

bool LiveTerminal::was_continued() {
    // In the background there is nothing to take; bringing the job to the foreground continues it
    // once more.
    if (!continued.load() || !is_foreground()) {
        return false;
    }
    continued.store(false);
    take();
    return true;
}

}  // namespace maelstrom::sys
