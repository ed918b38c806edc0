#include "sys/signals.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace maelstrom::sys {

namespace {

bool is_ignored(int signal) {
    struct sigaction current{};
    return sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

void set_default(int signal) {
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
}

/// Raises a signal with its default effect, whatever was arranged for it.
void raise_bare(int signal) {
    set_default(signal);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    // First pending, then let through: it acts on this thread before the call returns.
    kill(getpid(), signal);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace

util::Result<SignalQueue> SignalQueue::block(std::span<const int> signals) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals) {
        // Blocking an ignored signal would make it heard again: signal(7).
        if (!is_ignored(signal)) {
            sigaddset(&set, signal);
        }
    }
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    Fd fd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd) {
        return util::fail_errno("signalfd");
    }
    return SignalQueue(std::move(fd));
}

std::optional<int> SignalQueue::take() {
    signalfd_siginfo info{};
    ssize_t count = -1;
    do {
        count = read(fd_.get(), &info, sizeof info);
    } while (count < 0 && errno == EINTR);
    if (count != static_cast<ssize_t>(sizeof info)) {
        return std::nullopt;
    }
    return static_cast<int>(info.ssi_signo);
}

void die_of(int signal) {
    // A core file would be of this process, not of the one that is mimicked. The limit does not
    // hold back a core_pattern that is a pipe; "not dumpable" does: core(5).
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    raise_bare(signal);
    kill(getpid(), SIGKILL);
    std::_Exit(128 + signal);
}

void suspend() {
    raise_bare(SIGTSTP);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool ignore_sigpipe() {
    if (is_ignored(SIGPIPE)) {
        return false;
    }
    struct sigaction action{};
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, nullptr);
    return true;
}

}  // namespace maelstrom::sys
