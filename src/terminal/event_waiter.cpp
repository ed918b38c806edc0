#include "terminal/event_waiter.hpp"

#include "sys/thread.hpp"

#include <sys/eventfd.h>

#include <chrono>
#include <utility>

namespace maelstrom::terminal {

util::Result<std::unique_ptr<EventWaiter>> EventWaiter::start(client::Client& client) {
    sys::Fd ready(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE));
    if (!ready) {
        return util::fail_errno("eventfd");
    }
    std::unique_ptr<EventWaiter> waiter(new EventWaiter(client, std::move(ready)));
    waiter->thread_ =
        TRY(sys::start_thread([waiter = waiter.get()] { waiter->wait_for_events(); }));
    return waiter;
}

EventWaiter::EventWaiter(client::Client& client, sys::Fd ready)
    : client_(client), ready_(std::move(ready)) {
}

EventWaiter::~EventWaiter() {
    stopped_ = true;
    client_.interrupt();
}

std::optional<client::Event> EventWaiter::take() {
    eventfd_t one = 0;
    if (eventfd_read(ready_.get(), &one) != 0) {
        return std::nullopt;
    }
    return events_.with([](std::deque<client::Event>& events) {
        client::Event event = std::move(events.front());
        events.pop_front();
        return event;
    });
}

void EventWaiter::wait_for_events() {
    while (!stopped_) {
        std::optional<client::Event> event =
            client_.next(std::chrono::steady_clock::now() + std::chrono::hours(1));
        if (event) {
            events_.with(
                [&](std::deque<client::Event>& events) { events.push_back(*std::move(event)); });
            eventfd_write(ready_.get(), 1);
        }
    }
}

}  // namespace maelstrom::terminal
