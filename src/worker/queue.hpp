#pragma once

#include "job/execution.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace maelstrom::worker {

/// Jobs that wait for a slot, in the order they are to start: higher priority, then longer estimate
/// (an unknown one counts as longest), then first come. A plain value without I/O.
class Queue {
public:
    struct Waiting {
        job::JobId id;
        job::Execution execution;
    };

    void push(job::JobId id, job::Execution execution);
    /// The next one to start; none when empty.
    std::optional<Waiting> pop();
    /// False if no such job waits.
    bool remove(job::JobId id);

    bool empty() const { return order_.empty(); }
    std::size_t size() const { return order_.size(); }

private:
    /// Compares in starting order.
    struct Rank {
        int negated_priority;
        std::chrono::nanoseconds negated_estimate;
        std::uint64_t arrival;
        auto operator<=>(const Rank&) const = default;
    };
    struct Entry {
        Rank rank;
        job::Execution execution;
    };

    std::uint64_t arrivals_ = 0;
    std::map<Rank, job::JobId> order_;
    std::unordered_map<job::JobId, Entry> entries_;
};

}  // namespace maelstrom::worker
