#include "runner/interrupts.hpp"

#include "sys/file.hpp"
#include "sys/live_terminal.hpp"
#include "sys/thread.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

namespace maelstrom::runner {

namespace {

// A signal handler can reach nothing but these.
std::atomic<int> caught_signal{0};
std::atomic<int> wake_descriptor{-1};

constexpr std::array watched_signals{SIGINT, SIGTERM, SIGHUP};

void end_now(int number) {
    if (!sys::restore_terminal(number)) {
        return;
    }
    struct sigaction by_default{};
    by_default.sa_handler = SIG_DFL;
    ::sigaction(number, &by_default, nullptr);
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, number);
    ::raise(number);
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
}

void on_signal(int number) {
    const int saved = errno;
    int none = 0;
    if (!caught_signal.compare_exchange_strong(none, number)) {
        end_now(number);
    }
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(wake_descriptor.load(), &byte, 1);
    errno = saved;
}

void install(void (*handler)(int)) {
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    for (const int number : watched_signals) {
        // Whoever started us with a signal ignored (nohup) wants it ignored.
        struct sigaction before{};
        ::sigaction(number, nullptr, &before);
        if (before.sa_handler != SIG_IGN) {
            ::sigaction(number, &action, nullptr);
        }
    }
}

}  // namespace

util::Result<Interrupts> Interrupts::watch(std::function<void()> notify) {
    auto [read_end, write_end] = TRY(sys::pipe2());
    auto wait_for_signals = [pipe = std::move(read_end), notify = std::move(notify)] {
        char byte = 0;
        ssize_t got = 0;
        while ((got = ::read(pipe.get(), &byte, 1)) == 1 || (got < 0 && errno == EINTR)) {
            if (got == 1) {
                notify();
            }
        }
    };
    std::jthread thread = TRY(sys::start_thread(std::move(wait_for_signals)));
    wake_descriptor.store(write_end.get());
    install(on_signal);
    return Interrupts(std::move(write_end), std::move(thread));
}

Interrupts::~Interrupts() {
    if (thread_.joinable()) {
        install(SIG_DFL);
        wake_descriptor.store(-1);
        stop_.close();  // the thread sees the end of the pipe
    }
}

int Interrupts::signal() {
    return caught_signal.load();
}

}  // namespace maelstrom::runner
