#include "runner/jobs.hpp"

#include <algorithm>
#include <utility>

namespace maelstrom::runner {

namespace {

using std::chrono::seconds;

/// Fork points collect everything, and their tests' limits are made for one test.
constexpr seconds least_limit_of_fork_points{60};

std::uint32_t key_of(job::JobId id) {
    return static_cast<std::uint32_t>(id);
}

std::uint32_t key_of(ui::RunId id) {
    return static_cast<std::uint32_t>(id);
}

}  // namespace

void Jobs::start(Group group) {
    if (!waits_for_fork_point(group)) {
        submit(std::move(group));
    }
}

void Jobs::submit(Group group) {
    const Member& first = group.front();
    JobRequest request = group.size() == 1
                             ? collector_.request(*first.test, first.attempt)
                             : collector_.request_together(tests_of(group), first.attempt);
    const Orders orders = orders_of(group);
    request.job.priority = orders.priority;
    request.job.estimated_duration = orders.estimate;
    if (const auto limit = limit_of(group)) {
        request.job.timeout = limit->count() == 0 ? std::nullopt : limit;
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
    if (std::ranges::find(held_, container, &Held::container) != held_.end()) {
        hold(std::move(group));
        return true;
    }
    ForkPointAnswer answer = collector_.fork_point(*container);
    if (auto* request = std::get_if<JobRequest>(&answer)) {
        std::vector<Group> groups;
        groups.push_back(std::move(group));
        make_fork_point(std::move(*request), std::move(groups));
        return true;
    }
    if (std::holds_alternative<NoRoomYet>(answer)) {
        hold(std::move(group));
        return true;
    }
    return false;
}

void Jobs::hold(Group group) {
    const ChosenContainer* container = group.front().test->orders.container.get();
    for (const Member& member : group) {
        held_runs_.emplace(key_of(member.id), container);
    }
    auto held = std::ranges::find(held_, container, &Held::container);
    if (held == held_.end()) {
        held = held_.insert(held, Held{.container = container, .groups = {}});
    }
    held->left += group.size();
    held->groups.push_back(std::move(group));
}

void Jobs::make_room() {
    if (held_.empty()) {
        return;
    }
    end_idle_fork_points(held_.size());
    while (!held_.empty() && admit_first()) {
    }
    while (!held_.empty() && !slots_are_busy()) {
        forgo_smallest();
    }
}

/// Whether there was room.
bool Jobs::admit_first() {
    ForkPointAnswer answer = collector_.fork_point(*held_.front().container);
    if (std::holds_alternative<NoRoomYet>(answer)) {
        return false;
    }
    std::vector<Group> groups = take(held_.begin());
    if (auto* request = std::get_if<JobRequest>(&answer)) {
        make_fork_point(std::move(*request), std::move(groups));
    } else {
        std::ranges::for_each(groups, [&](Group& group) { submit(std::move(group)); });
    }
    return true;
}

/// Where fewest executions take longer than they might.
void Jobs::forgo_smallest() {
    const auto smallest = std::ranges::min_element(held_, {}, &Held::left);
    collector_.forgo_fork_point(*smallest->container);
    std::vector<Group> groups = take(smallest);
    std::ranges::for_each(groups, [&](Group& group) { submit(std::move(group)); });
}

/// What has not been cancelled.
std::vector<Group> Jobs::take(std::deque<Held>::iterator held) {
    std::vector<Group> groups = std::move(held->groups);
    held_.erase(held);
    for (Group& group : groups) {
        std::erase_if(
            group, [&](const Member& member) { return held_runs_.erase(key_of(member.id)) == 0; });
    }
    std::erase_if(groups, [](const Group& group) { return group.empty(); });
    return groups;
}

/// So many at most.
void Jobs::end_idle_fork_points(std::size_t most) {
    for (auto entry = points_.begin(); entry != points_.end() && most > 0;) {
        const auto [container, point] = *entry;
        if (unfinished_.contains(container)) {
            ++entry;
            continue;
        }
        entry = points_.erase(entry);
        --most;
        if (owners_.erase(key_of(point)) > 0) {  // else it has ended itself
            client_.cancel(point);
        }
        collector_.give_up_fork_point(*container);
    }
}

/// As long as other executions wait for one there is nothing to be gained by more.
bool Jobs::slots_are_busy() const {
    std::size_t busy = 0;
    for (const auto& [id, owner] : owners_) {
        if (!std::holds_alternative<Resting>(owner) && ++busy >= slots_) {
            return true;
        }
    }
    return false;
}

/// As urgent as the first of the groups, which are executions in one container.
void Jobs::make_fork_point(JobRequest request, std::vector<Group> groups) {
    const Orders orders = orders_of(groups.front());
    request.job.priority = orders.priority;
    if (const auto limit = limit_of(orders); limit && limit->count() > 0) {
        request.job.timeout = std::max(*limit, least_limit_of_fork_points);
    }
    const job::JobId point = client_.submit(std::move(request.job), std::move(request.extras));
    const ChosenContainer* container = orders.container.get();
    awaited_.emplace(container, point);
    for (const Group& group : groups) {
        belongs_to(group, point);
    }
    owners_.emplace(key_of(point), Awaited{.container = container, .groups = std::move(groups)});
}

std::optional<seconds> Jobs::limit_of(const Orders& orders) const {
    return replaced_limit_ ? replaced_limit_ : orders.timeout;
}

/// Each has as much time as it would have alone.
std::optional<seconds> Jobs::limit_of(const Group& group) const {
    seconds sum{};
    for (const Member& member : group) {
        const std::optional<seconds> limit = limit_of(member.test->orders);
        if (!limit || limit->count() == 0) {
            return limit;
        }
        sum += *limit;
    }
    return sum;
}

void Jobs::belongs_to(const Group& group, job::JobId job) {
    for (const Member& member : group) {
        const ChosenContainer* container = member.test->orders.container.get();
        const auto [entry, is_new] =
            jobs_.insert_or_assign(key_of(member.id), Started{.job = job, .container = container});
        unfinished_[container] += is_new ? 1 : 0;
    }
}

void Jobs::forget(ui::RunId id) {
    const auto entry = jobs_.find(key_of(id));
    if (entry == jobs_.end()) {
        return;
    }
    const auto count = unfinished_.find(entry->second.container);
    if (--count->second == 0) {
        unfinished_.erase(count);
    }
    jobs_.erase(entry);
}

void Jobs::start(JobWanted wanted) {
    const job::JobId id =
        client_.submit(std::move(wanted.request.job), std::move(wanted.request.extras));
    owners_.emplace(key_of(id), std::move(wanted.result));
}

void Jobs::cancel(ui::RunId id) {
    const auto entry = jobs_.find(key_of(id));
    if (entry == jobs_.end()) {
        cancel_held(id);
        return;
    }
    const job::JobId job = entry->second.job;
    forget(id);
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

void Jobs::cancel_held(ui::RunId id) {
    const auto run = held_runs_.find(key_of(id));
    if (run == held_runs_.end()) {
        return;
    }
    const auto held = std::ranges::find(held_, run->second, &Held::container);
    held_runs_.erase(run);
    if (--held->left == 0) {
        held_.erase(held);
    }
}

void Jobs::on_fork_point(client::ForkPoint point) {
    const auto entry = owners_.find(key_of(point.id));
    if (entry == owners_.end()) {
        return;
    }
    Owner owner = std::exchange(entry->second, Resting{});
    if (auto* waiting = std::get_if<std::promise<ForkPointOrResult>>(&owner)) {
        waiting->set_value(std::move(point));
    } else if (auto* awaited = std::get_if<Awaited>(&owner)) {
        const job::JobId id = point.id;
        const ChosenContainer* container = awaited->container;
        if (settle(std::move(*awaited), std::move(point))) {
            points_.emplace(container, id);
        } else {
            client_.cancel(id);
            owners_.erase(key_of(id));
        }
    }
}

/// Whether the fork point is of use.
bool Jobs::settle(Awaited awaited, ForkPointOrResult outcome) {
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
        std::ranges::for_each(*group, [&](const Member& member) { forget(member.id); });
        return std::move(*group);
    }
    if (auto* waiting = std::get_if<std::promise<ForkPointOrResult>>(&owner)) {
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
        if (auto* waiting = std::get_if<std::promise<ForkPointOrResult>>(&owner)) {
            waiting->set_value(run_has_ended());
        }
    }
    owners_.clear();
    jobs_.clear();
    unfinished_.clear();
    awaited_.clear();
    points_.clear();
    held_.clear();
    held_runs_.clear();
}

}  // namespace maelstrom::runner
