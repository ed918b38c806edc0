#include "worker/queue.hpp"

namespace maelstrom::worker {

void Queue::push(job::JobId id, job::Execution execution) {
    const Rank rank{
        .negated_priority = -execution.priority,
        .negated_estimate = -execution.estimated_duration.value_or(std::chrono::nanoseconds::max()),
        .arrival = arrivals_++,
    };
    order_.emplace(rank, id);
    entries_.emplace(id, Entry{rank, std::move(execution)});
}

std::optional<Queue::Waiting> Queue::pop() {
    if (order_.empty()) {
        return std::nullopt;
    }
    const job::JobId id = order_.begin()->second;
    order_.erase(order_.begin());
    auto entry = entries_.extract(id);
    return Waiting{id, std::move(entry.mapped().execution)};
}

bool Queue::remove(job::JobId id) {
    const auto entry = entries_.find(id);
    if (entry == entries_.end()) {
        return false;
    }
    order_.erase(entry->second.rank);
    entries_.erase(entry);
    return true;
}

}  // namespace maelstrom::worker
