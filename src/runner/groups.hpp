#pragma once

#include "runner/case.hpp"

#include <cstdint>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace maelstrom::runner {

/// One execution of a case that is to share its job.
struct Member {
    ui::RunId id;
    const Case* test;
    Attempt attempt;
};
using Group = std::vector<Member>;

std::vector<const Case*> tests_of(const Group& group);
/// Of the job that they share: as urgent as the most urgent, as long as all.
Orders orders_of(const Group& group);

/// Puts executions that come in one turn together into jobs: cases of one unit and one container,
/// in the framework's order. Repetitions of a case never meet.
class Groups {
public:
    /// The case has units, and orders that name one. It must live until `take`.
    void add(const Member& member);
    /// In the order in which their first members came. Empty afterwards.
    std::vector<Group> take();

private:
    using Key = std::tuple<IsolationUnit, std::size_t, const ChosenContainer*, unsigned, unsigned>;

    std::vector<Group> groups_;
    std::map<Key, std::size_t> places_;  ///< in `groups_`
    std::unordered_map<const Case*, unsigned> seen_;
};

}  // namespace maelstrom::runner
