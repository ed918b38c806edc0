#include "client/event_queue.hpp"

namespace maelstrom::client {

namespace {

job::JobId id_of(const Event& event) {
    return std::visit([](const auto& kind) { return kind.id; }, event);
}

}  // namespace

void EventQueue::open(job::JobId id) {
    const std::lock_guard lock(mutex_);
    unfinished_.insert(id);
}

bool EventQueue::cancel(job::JobId id) {
    const std::lock_guard lock(mutex_);
    if (unfinished_.erase(id) == 0) {
        // Finished; but nobody has been told yet, and nobody shall be.
        std::erase_if(queue_, [&](const Event& event) { return id_of(event) == id; });
        return false;
    }
    std::erase_if(queue_, [&](const Event& event) { return id_of(event) == id; });
    return true;
}

bool EventQueue::has_unfinished() const {
    const std::lock_guard lock(mutex_);
    return !unfinished_.empty();
}

bool EventQueue::is_unfinished(job::JobId id) const {
    const std::lock_guard lock(mutex_);
    return unfinished_.contains(id);
}

void EventQueue::on_state(job::JobId id, JobState state) {
    const std::lock_guard lock(mutex_);
    if (unfinished_.contains(id)) {
        push(StateChanged{id, state});
    }
}

void EventQueue::on_terminal(job::JobId id, sys::Fd master) {
    const std::lock_guard lock(mutex_);
    if (unfinished_.contains(id)) {
        push(TerminalOpened{id, std::move(master)});
    }
}

void EventQueue::on_finished(job::JobId id, job::Result result) {
    const std::lock_guard lock(mutex_);
    if (unfinished_.erase(id) > 0) {
        push(Finished{id, std::move(result)});
    }
}

void EventQueue::on_fork_point(job::JobId id, job::ForkPointReached reached) {
    const std::lock_guard lock(mutex_);
    if (unfinished_.contains(id)) {
        push(ForkPoint{id, std::move(reached)});
    }
}

std::optional<Event> EventQueue::next(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    filled_.wait_until(lock, deadline, [&] { return interrupted_ || !queue_.empty(); });
    if (queue_.empty()) {
        interrupted_ = false;
        return std::nullopt;
    }
    std::optional<Event> event(std::move(queue_.front()));
    queue_.pop_front();
    return event;
}

void EventQueue::interrupt() {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    filled_.notify_all();
}

void EventQueue::push(Event event) {
    queue_.push_back(std::move(event));
    filled_.notify_one();
}

}  // namespace maelstrom::client
