#pragma once

#include "sys/fd.hpp"
#include "util/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace maelstrom::sys {

/// Waits for descriptors, timers and messages from other threads, and calls what was asked for. One
/// thread runs it; only `post` and `stop` may be called from others. Callbacks may add and drop
/// handles freely, their own included. Level-triggered epoll(7).
class Loop {
public:
    using Clock = std::chrono::steady_clock;
    using OnReady = std::move_only_function<void(std::uint32_t events)>;
    using Action = std::move_only_function<void()>;

    /// Ends a watch or a timer when it goes away. Must not outlive the loop.
    class Handle {
    public:
        Handle() = default;
        Handle(Handle&& other) noexcept;
        Handle& operator=(Handle&& other) noexcept;
        Handle(const Handle&) = delete;
        Handle& operator=(const Handle&) = delete;
        ~Handle() { reset(); }
        void reset();
        explicit operator bool() const { return loop_ != nullptr; }

    private:
        friend class Loop;
        Handle(Loop& loop, std::uint64_t id) : loop_(&loop), id_(id) {}

        Loop* loop_ = nullptr;
        std::uint64_t id_ = 0;
    };

    static util::Result<std::unique_ptr<Loop>> create();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    /// Handles events until `stop`.
    void run();
    /// Makes `run` return after the turn in progress. Any thread.
    void stop();
    /// Runs the action on the loop's thread, in order of posting. Any thread.
    void post(Action action);

    /// `events`: EPOLLIN, EPOLLOUT. The descriptor must stay open as long as the handle lives.
    [[nodiscard]] util::Result<Handle> watch(int fd, std::uint32_t events, OnReady on_ready);
    [[nodiscard]] Handle at(Clock::time_point when, Action action);

private:
    struct Watch {
        int fd;
        OnReady on_ready;
    };
    using TimerOrder = std::multimap<Clock::time_point, std::uint64_t>;
    struct Timer {
        TimerOrder::iterator place;
        Action action;
    };

    Loop(Fd epoll, Fd wake) : epoll_(std::move(epoll)), wake_(std::move(wake)) {}
    void drop(std::uint64_t id);
    int wait_milliseconds() const;
    void run_due_timers();
    void run_posted();

    Fd epoll_;
    Fd wake_;
    std::uint64_t next_id_ = 1;  // 0 is the wake descriptor
    std::unordered_map<std::uint64_t, std::shared_ptr<Watch>> watches_;
    TimerOrder timer_order_;
    std::unordered_map<std::uint64_t, Timer> timers_;
    bool stopped_ = false;

    std::mutex mutex_;  // guards posted_ alone
    std::vector<Action> posted_;
};

}  // namespace maelstrom::sys
