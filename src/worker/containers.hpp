#pragma once

#include "container/plan.hpp"
#include "job/execution.hpp"

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace maelstrom::worker {

/// What is known of the containers of the environments seen so far, and the jobs that wait for one
/// to be known.
class Containers {
public:
    struct Waiting {
        job::JobId id;
        job::Execution execution;
    };
    struct Entry {
        std::shared_ptr<const job::Environment> environment;  // keeps the address taken
        std::shared_ptr<const container::Plan> plan;          // none: not known yet
        std::vector<Waiting> waiting;
    };

    /// The entry of that environment, made when missing.
    Entry& at(const std::shared_ptr<const job::Environment>& environment);
    Entry* find(const job::Environment* environment);
    void forget(const job::Environment* environment) { entries_.erase(environment); }
    /// Equal plans become one, so that their jobs share slots.
    std::shared_ptr<const container::Plan> intern(container::Plan plan);
    bool drop_waiting(job::JobId id);
    /// Environments that nobody else holds any more are dropped once there are many.
    void prune();

private:
    std::unordered_map<const job::Environment*, Entry> entries_;
    std::map<container::Plan, std::weak_ptr<const container::Plan>> plans_;
};

}  // namespace maelstrom::worker
