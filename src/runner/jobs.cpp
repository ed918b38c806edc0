#include "runner/jobs.hpp"

#include <algorithm>
#include <utility>

namespace maelstrom::runner {

namespace {

using std::chrono::seconds;

/// Fork points collect everything, and their tests' limits are made for one test.
constexpr seconds least_limit_of_fork_points{60};

job::Result cancelled_job() {
    return job::NotRun{.kind = job::NotRun::Kind::system, .message = "the run has ended"};
}

std::uint32_t key_of(job::JobId id) {
    return static_cast<std::uint32_t>(id);
}

std::uint32_t key_of(ui::RunId id) {
    return static_cast<std::uint32_t>(id);
}

}  // namespace

void Jobs::start(Group group) {
    if (waits_for_fork_point(group)) {
        return;
    }
    const Member& first = group.front();
    JobRequest request = group.size() == 1
                             ? collector_.request(*first.test, first.attempt)
                             : collector_.request_together(tests_of(group), first.attempt);
    const Orders orders = orders_of(group);
    request.job.priority = orders.priority;
    request.job.estimated_duration = orders.estimate;
    if (const auto limit = limit_of(orders)) {
        // Each has as much time as it would have alone.
        request.job.timeout = limit->count() == 0
                                  ? std::nullopt
                                  : std::optional(*limit * static_cast<long>(group.size()));
    }
    const job::JobId job = client_.submit(std::move(request.job), std::move(request.extras));
    belongs_to(group, job);
    owners_.emplace(key_of(job), std::move(group));
}

/// Takes the group if so.
bool Jobs::waits_for_fork_point(Group& group) {
    const ChosenContainer* container = group.front().test->orders.container.get();
    if (container == nullptr) {
        return false;
    }
    if (const auto coming = awaited_.find(container); coming != awaited_.end()) {
        belongs_to(group, coming->second);
        auto& awaited = std::get<Awaited>(owners_.at(key_of(coming->second)));
        awaited.groups.push_back(std::move(group));
        return true;
    }
    std::optional<JobRequest> request = collector_.fork_point(*container);
    if (request) {
        make_fork_point(*std::move(request), std::move(group));
    }
    return request.has_value();
}

void Jobs::make_fork_point(JobRequest request, Group group) {
    const Orders orders = orders_of(group);
    request.job.priority = orders.priority;
    if (const auto limit = limit_of(orders); limit && limit->count() > 0) {
        request.job.timeout = std::max(*limit, least_limit_of_fork_points);
    }
    const job::JobId point = client_.submit(std::move(request.job), std::move(request.extras));
    belongs_to(group, point);
    const ChosenContainer* container = orders.container.get();
    awaited_.emplace(container, point);
    Awaited awaited{.container = container};
    awaited.groups.push_back(std::move(group));
    owners_.emplace(key_of(point), std::move(awaited));
}

std::optional<seconds> Jobs::limit_of(const Orders& orders) const {
    return replaced_limit_ ? replaced_limit_ : orders.timeout;
}

void Jobs::belongs_to(const Group& group, job::JobId job) {
    for (const Member& member : group) {
        jobs_.insert_or_assign(key_of(member.id), job);
    }
}

void Jobs::start(JobWanted wanted) {
    const job::JobId id =
        client_.submit(std::move(wanted.request.job), std::move(wanted.request.extras));
    owners_.emplace(key_of(id), std::move(wanted.result));
}

void Jobs::cancel(ui::RunId id) {
    const auto entry = jobs_.find(key_of(id));
    if (entry == jobs_.end()) {
        return;
    }
    const job::JobId job = entry->second;
    jobs_.erase(entry);
    const auto is_it = [&](const Member& member) { return member.id == id; };
    const auto owner = owners_.find(key_of(job));
    bool is_needed = true;
    if (auto* awaited = std::get_if<Awaited>(&owner->second)) {
        for (Group& group : awaited->groups) {
            std::erase_if(group, is_it);
        }
        std::erase_if(awaited->groups, [](const Group& group) { return group.empty(); });
        is_needed = !awaited->groups.empty();
        if (!is_needed) {
            awaited_.erase(awaited->container);
        }
    } else {
        auto& group = std::get<Group>(owner->second);
        std::erase_if(group, is_it);
        is_needed = !group.empty();
    }
    if (!is_needed) {
        client_.cancel(job);
        owners_.erase(owner);
    }
}

void Jobs::on_fork_point(client::ForkPoint point) {
    const auto entry = owners_.find(key_of(point.id));
    if (entry == owners_.end()) {
        return;
    }
    Owner owner = std::exchange(entry->second, Resting{});
    if (auto* waiting = std::get_if<std::promise<Outcome>>(&owner)) {
        waiting->set_value(std::move(point));
    } else if (auto* awaited = std::get_if<Awaited>(&owner)) {
        const job::JobId id = point.id;
        if (!settle(std::move(*awaited), std::move(point))) {
            client_.cancel(id);
            owners_.erase(key_of(id));
        }
    }
}

/// Whether the fork point is of use.
bool Jobs::settle(Awaited awaited, Outcome outcome) {
    awaited_.erase(awaited.container);
    const bool useful = collector_.take_fork_point(*awaited.container, std::move(outcome));
    for (Group& group : awaited.groups) {
        start(std::move(group));
    }
    return useful;
}

Group Jobs::on_finished(client::Finished& event) {
    const auto entry = owners_.find(key_of(event.id));
    if (entry == owners_.end()) {
        return {};
    }
    Owner owner = std::move(entry->second);
    owners_.erase(entry);
    if (auto* group = std::get_if<Group>(&owner)) {
        for (const Member& member : *group) {
            jobs_.erase(key_of(member.id));
        }
        return std::move(*group);
    }
    if (auto* waiting = std::get_if<std::promise<Outcome>>(&owner)) {
        waiting->set_value(std::move(event.result));
    } else if (auto* awaited = std::get_if<Awaited>(&owner)) {
        settle(std::move(*awaited), std::move(event.result));
    }
    return {};  // what a resting one was to make says so itself
}

const Group* Jobs::find(job::JobId job) const {
    const auto owner = owners_.find(key_of(job));
    return owner == owners_.end() ? nullptr : std::get_if<Group>(&owner->second);
}

void Jobs::end() {
    for (auto& [id, owner] : owners_) {
        if (std::holds_alternative<Group>(owner)) {
            continue;
        }
        client_.cancel(job::JobId{id});
        if (auto* waiting = std::get_if<std::promise<Outcome>>(&owner)) {
            waiting->set_value(cancelled_job());
        }
    }
    owners_.clear();
    jobs_.clear();
    awaited_.clear();
}

}  // namespace maelstrom::runner
