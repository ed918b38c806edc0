#include "runner/groups.hpp"

#include "util/seconds.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace maelstrom::runner {

namespace {

std::size_t number_of(const Case& test) {
    switch (test.orders.unit) {
    case IsolationUnit::test:
        return test.key;
    case IsolationUnit::function:
        return test.units->function;
    case IsolationUnit::of_class:
        return test.units->of_class;
    case IsolationUnit::file:
        break;
    }
    return test.units->file;
}

}  // namespace

std::vector<const Case*> tests_of(const Group& group) {
    std::vector<const Case*> tests;
    for (const Member& member : group) {
        tests.push_back(member.test);
    }
    return tests;
}

Orders orders_of(const Group& group) {
    Orders orders = group.front().test->orders;
    for (const Member& member : std::span(group).subspan(1)) {
        const Orders& other = member.test->orders;
        orders.priority = std::max(orders.priority, other.priority);
        orders.estimate = orders.estimate && other.estimate
                              ? std::optional(std::min(*orders.estimate + *other.estimate,
                                                       util::longest_duration))
                              : std::nullopt;
    }
    return orders;
}

void Groups::add(const Member& member) {
    const Case& test = *member.test;
    const Key key(test.orders.unit, number_of(test), test.orders.container.get(),
                  member.attempt.step, seen_[&test]++);
    const auto [place, is_new] = places_.try_emplace(key, groups_.size());
    if (is_new) {
        groups_.emplace_back();
    }
    groups_[place->second].push_back(member);
}

std::vector<Group> Groups::take() {
    for (Group& group : groups_) {
        std::ranges::sort(group, {}, [](const Member& member) { return member.test->key; });
    }
    places_.clear();
    seen_.clear();
    return std::exchange(groups_, {});
}

}  // namespace maelstrom::runner
