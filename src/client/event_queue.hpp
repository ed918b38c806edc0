#pragma once

#include "client/client.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <unordered_set>

namespace maelstrom::client {

/// Events on their way to whoever calls `next`, and the set of unfinished jobs, which decides what
/// may still be said: nothing after a job's `Finished`, nothing after its cancellation. Any thread;
/// never waits but in `next`. Bounded by the jobs that are unfinished or unread.
class EventQueue final {
public:
    /// From now on there is a job of that number.
    void open(job::JobId id);
    /// Forgets the job and what is queued of it. False if it has finished already, or never was.
    bool cancel(job::JobId id);
    bool has_unfinished() const;
    bool is_unfinished(job::JobId id) const;

    void on_state(job::JobId id, JobState state);
    void on_terminal(job::JobId id, sys::Fd master);
    void on_finished(job::JobId id, job::Result result);
    void on_fork_point(job::JobId id, job::ForkPointReached reached);

    std::optional<Event> next(std::chrono::steady_clock::time_point deadline);
    /// One call of `next`, this or the following one, comes back with none.
    void interrupt();

private:
    void push(Event event);

    mutable std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<Event> queue_;
    std::unordered_set<job::JobId> unfinished_;
    bool interrupted_ = false;
};

}  // namespace maelstrom::client
