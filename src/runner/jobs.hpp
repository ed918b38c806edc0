#pragma once

#include "client/client.hpp"
#include "runner/collector.hpp"
#include "runner/groups.hpp"
#include "runner/messages.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <future>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

namespace maelstrom::runner {

/// What the client is working on for a run, and for whom: executions of cases, or the collector.
///
/// Executions whose jobs are to be forked wait here while the collector's fork point for their
/// container is made. If it has no room for one more they are held back until all executions of
/// another container are done and its fork point can go; but not where slots would stand idle
/// meanwhile.
class Jobs {
public:
    /// The limit replaces every test's own; 0 takes all limits away.
    Jobs(Collector& collector,
         client::Client& client,
         std::optional<std::chrono::seconds> replaced_limit,
         std::size_t slots)
        : collector_(collector), client_(client), replaced_limit_(replaced_limit), slots_(slots) {}

    void start(Group group);
    /// The collector waits for it.
    void start(JobWanted wanted);
    /// A job that others share, or wait for, goes on for them.
    void cancel(ui::RunId id);
    /// Lets go on what is held back, as far as it can. To be called when what has finished was
    /// judged: only then it is known whether a container has all its verdicts.
    void make_room();

    void on_fork_point(client::ForkPoint point);
    /// The executions that have this result; none if it is not theirs.
    Group on_finished(client::Finished& event);

    /// The executions that a job is for; null if it is for none.
    const Group* find(job::JobId job) const;

    /// The time limit of a case by itself; 0: none.
    std::optional<std::chrono::seconds> limit_of(const Orders& orders) const;

    /// Cancels what the run itself does not wait for; nothing is started any more.
    void end();

private:
    /// Waits for jobs to fork; nobody waits for it.
    struct Resting {};
    /// Is becoming the fork point of these, which have this container.
    struct Awaited {
        const ChosenContainer* container = nullptr;
        std::vector<Group> groups;
    };
    using Owner = std::variant<Group, std::promise<ForkPointOrResult>, Awaited, Resting>;
    struct Held {
        const ChosenContainer* container = nullptr;
        std::vector<Group> groups;  ///< cancelled executions included
        std::size_t left = 0;       ///< of the executions, at least 1
    };
    struct Started {
        job::JobId job;
        const ChosenContainer* container = nullptr;  ///< none: the collector's own
    };

    bool waits_for_fork_point(Group& group);
    void hold(Group group);
    bool admit_first();
    void forgo_smallest();
    void cancel_held(ui::RunId id);
    std::vector<Group> take(std::deque<Held>::iterator held);
    void end_idle_fork_points(std::size_t most);
    bool slots_are_busy() const;
    void submit(Group group);
    void make_fork_point(JobRequest request, std::vector<Group> groups);
    bool settle(Awaited awaited, ForkPointOrResult outcome);
    void belongs_to(const Group& group, job::JobId job);
    void forget(ui::RunId id);
    std::optional<std::chrono::seconds> limit_of(const Group& group) const;

    Collector& collector_;
    client::Client& client_;
    const std::optional<std::chrono::seconds> replaced_limit_;
    const std::size_t slots_;
    std::unordered_map<std::uint32_t, Owner> owners_;
    std::unordered_map<std::uint32_t, Started> jobs_;                     ///< of executions
    std::unordered_map<const ChosenContainer*, std::size_t> unfinished_;  ///< of `jobs_`
    std::unordered_map<const ChosenContainer*, job::JobId> awaited_;
    std::unordered_map<const ChosenContainer*, job::JobId> points_;  ///< those that rest
    std::deque<Held> held_;  ///< in the order in which they came
    std::unordered_map<std::uint32_t, const ChosenContainer*> held_runs_;  ///< not cancelled
};

}  // namespace maelstrom::runner
