#include "sys/loop.hpp"

#include "util/check.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>

namespace maelstrom::sys {

using util::fail_errno;
using util::Result;

namespace {

constexpr std::uint64_t wake_id = 0;

}  // namespace

Loop::Handle::Handle(Handle&& other) noexcept
    : loop_(std::exchange(other.loop_, nullptr)), id_(other.id_) {
}

Loop::Handle& Loop::Handle::operator=(Handle&& other) noexcept {
    if (this != &other) {
        reset();
        loop_ = std::exchange(other.loop_, nullptr);
        id_ = other.id_;
    }
    return *this;
}

void Loop::Handle::reset() {
    if (Loop* loop = std::exchange(loop_, nullptr)) {
        loop->drop(id_);
    }
}

Result<std::unique_ptr<Loop>> Loop::create() {
    Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) {
        return fail_errno("epoll_create1");
    }
    Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake) {
        return fail_errno("eventfd");
    }
    epoll_event interest{.events = EPOLLIN, .data = {.u64 = wake_id}};
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &interest) != 0) {
        return fail_errno("epoll_ctl");
    }
    return std::unique_ptr<Loop>(new Loop(std::move(epoll), std::move(wake)));
}

Loop::~Loop() = default;

void Loop::run() {
    std::array<epoll_event, 64> ready{};
    while (!stopped_) {
        const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()),
                                       wait_milliseconds());
        CHECK(count >= 0 || errno == EINTR);
        for (int i = 0; i < count && !stopped_; ++i) {
            const epoll_event& event = ready[static_cast<std::size_t>(i)];
            // A copy: on x86-64 the structure is packed, and references to its members are
            // misaligned.
            const std::uint64_t id = event.data.u64;
            if (id == wake_id) {
                std::uint64_t ignored = 0;
                (void)!::read(wake_.get(), &ignored, sizeof ignored);
                continue;
            }
            // Looked up anew each time: an earlier callback of this turn may have dropped it.
            const auto found = watches_.find(id);
            if (found != watches_.end()) {
                const std::shared_ptr<Watch> alive =
                    found->second;  // the callback may drop its own handle
                alive->on_ready(event.events);
            }
        }
        run_posted();
        run_due_timers();
    }
    stopped_ = false;
}

void Loop::stop() {
    post([this] { stopped_ = true; });
}

void Loop::post(Action action) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = posted_.empty();
        posted_.push_back(std::move(action));
    }
    if (first) {
        const std::uint64_t one = 1;
        (void)!::write(wake_.get(), &one, sizeof one);
    }
}

Result<Loop::Handle> Loop::watch(int fd, std::uint32_t events, OnReady on_ready) {
    const std::uint64_t id = next_id_++;
    epoll_event interest{.events = events, .data = {.u64 = id}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &interest) != 0) {
        return fail_errno("epoll_ctl");
    }
    watches_.emplace(id, std::make_shared<Watch>(Watch{fd, std::move(on_ready)}));
    return Handle(*this, id);
}

Loop::Handle Loop::at(Clock::time_point when, Action action) {
    const std::uint64_t id = next_id_++;
    timers_.emplace(id, Timer{timer_order_.emplace(when, id), std::move(action)});
    return {*this, id};
}

void Loop::drop(std::uint64_t id) {
    if (const auto watch = watches_.find(id); watch != watches_.end()) {
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, watch->second->fd, nullptr);
        watches_.erase(watch);
    } else if (const auto timer = timers_.find(id); timer != timers_.end()) {
        timer_order_.erase(timer->second.place);
        timers_.erase(timer);
    }
}

int Loop::wait_milliseconds() const {
    if (timer_order_.empty()) {
        return -1;
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(timer_order_.begin()->first - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void Loop::run_due_timers() {
    if (timer_order_.empty()) {
        return;
    }
    const Clock::time_point now = Clock::now();
    while (!timer_order_.empty() && timer_order_.begin()->first <= now) {
        const auto timer = timers_.find(timer_order_.begin()->second);
        CHECK(timer != timers_.end());
        Action action = std::move(timer->second.action);
        timer_order_.erase(timer_order_.begin());
        timers_.erase(timer);
        action();
    }
}

void Loop::run_posted() {
    std::vector<Action> actions;
    {
        const std::lock_guard lock(mutex_);
        actions.swap(posted_);
    }
    for (Action& action : actions) {
        action();
    }
}

}  // namespace maelstrom::sys
