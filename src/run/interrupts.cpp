#include "run/interrupts.hpp"

#include "sys/thread.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <utility>

namespace maelstrom::run {

util::Result<std::unique_ptr<Interrupts>> Interrupts::watch(sys::SignalQueue signals,
                                                            std::function<void()> wake) {
    sys::Fd stop(eventfd(0, EFD_CLOEXEC));
    if (!stop) {
        return util::fail_errno("eventfd");
    }
    std::unique_ptr<Interrupts> interrupts(
        new Interrupts(std::move(signals), std::move(stop), std::move(wake)));
    interrupts->thread_ =
        TRY(sys::start_thread([interrupts = interrupts.get()] { interrupts->watch_signals(); }));
    return interrupts;
}

Interrupts::Interrupts(sys::SignalQueue signals, sys::Fd stop, std::function<void()> wake)
    : signals_(std::move(signals)), stop_(std::move(stop)), wake_(std::move(wake)) {
}

Interrupts::~Interrupts() {
    eventfd_write(stop_.get(), 1);
}

void Interrupts::watch_signals() {
    std::array<pollfd, 2> wait{{{.fd = signals_.fd(), .events = POLLIN, .revents = 0},
                                {.fd = stop_.get(), .events = POLLIN, .revents = 0}}};
    for (;;) {
        poll(wait.data(), wait.size(), -1);
        if (wait[1].revents != 0) {
            return;
        }
        const std::optional<int> taken = signals_.take();
        if (!taken) {
            continue;
        }
        if (signal() != 0) {
            sys::die_of(*taken);
        }
        signal_.store(*taken, std::memory_order_relaxed);
        wake_();
    }
}

}  // namespace maelstrom::run
