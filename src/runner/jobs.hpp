#pragma once

#include "client/client.hpp"
#include "runner/collector.hpp"
#include "runner/groups.hpp"
#include "runner/mail.hpp"

#include <chrono>
#include <cstdint>
#include <future>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

namespace maelstrom::runner {

/// What the client is working on for a run, and for whom: executions of cases, or the collector.
///
/// Executions whose jobs are to be forked wait here while the collector's fork point for their
/// container is made.
class Jobs {
public:
    /// The limit replaces every test's own; 0 takes all limits away.
    Jobs(Collector& collector,
         client::Client& client,
         std::optional<std::chrono::seconds> replaced_limit)
        : collector_(collector), client_(client), replaced_limit_(replaced_limit) {}

    void start(Group group);
    /// The collector waits for it.
    void start(JobWanted wanted);
    /// A job that others share, or wait for, goes on for them.
    void cancel(ui::RunId id);

    void on_fork_point(client::ForkPoint point);
    /// The executions that have this result; none if it is not theirs.
    Group on_finished(client::Finished& event);

    /// The executions that a job is for; null if it is for none.
    const Group* find(job::JobId job) const;

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
    using Owner = std::variant<Group, std::promise<Outcome>, Awaited, Resting>;

    bool waits_for_fork_point(Group& group);
    void make_fork_point(JobRequest request, Group group);
    bool settle(Awaited awaited, Outcome outcome);
    void belongs_to(const Group& group, job::JobId job);
    std::optional<std::chrono::seconds> limit_of(const Orders& orders) const;  ///< 0: none

    Collector& collector_;
    client::Client& client_;
    const std::optional<std::chrono::seconds> replaced_limit_;
    std::unordered_map<std::uint32_t, Owner> owners_;
    std::unordered_map<std::uint32_t, job::JobId> jobs_;  ///< of executions
    std::unordered_map<const ChosenContainer*, job::JobId> awaited_;
};

}  // namespace maelstrom::runner
