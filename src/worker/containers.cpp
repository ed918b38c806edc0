#include "worker/containers.hpp"

namespace maelstrom::worker {

using container::Plan;

Containers::Entry& Containers::at(const std::shared_ptr<const job::Environment>& environment) {
    Entry& entry = entries_[environment.get()];
    entry.environment = environment;
    return entry;
}

Containers::Entry* Containers::find(const job::Environment* environment) {
    const auto found = entries_.find(environment);
    return found == entries_.end() ? nullptr : &found->second;
}

std::shared_ptr<const Plan> Containers::intern(Plan plan) {
    auto& known = plans_[plan];
    auto shared = known.lock();
    if (!shared) {
        shared = std::make_shared<const Plan>(std::move(plan));
        known = shared;
    }
    return shared;
}

bool Containers::drop_waiting(job::JobId id) {
    for (auto& [environment, entry] : entries_) {
        if (std::erase_if(entry.waiting, [&](const Waiting& job) { return job.id == id; }) > 0) {
            return true;
        }
    }
    return false;
}

void Containers::prune() {
    constexpr std::size_t many = 1024;
    if (entries_.size() > many) {
        std::erase_if(entries_, [](const auto& item) {
            return item.second.environment.use_count() == 1 && item.second.waiting.empty() &&
                   item.second.plan;
        });
        std::erase_if(plans_, [](const auto& item) { return item.second.expired(); });
    }
}

}  // namespace maelstrom::worker
