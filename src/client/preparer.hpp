#pragma once

#include "client/build_pool.hpp"
#include "client/client.hpp"
#include "client/worker_shape.hpp"
#include "job/expand.hpp"
#include "job/inherit.hpp"

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace maelstrom::client {

/// What a preparer asks for and what comes out of it. None of these calls back into it directly.
class PreparerOutput {
public:
    virtual ~PreparerOutput() = default;
    /// To be answered by `Preparer::on_built` with the same layer, which stays valid until then.
    virtual void build(const job::Layer& layer) = 0;
    virtual void on_waiting(job::JobId id) = 0;
    virtual void on_ready(job::JobId id, job::Execution execution) = 0;
    virtual void on_failed(job::JobId id, std::string message) = 0;
};

struct PreparerSettings {
    std::string project_directory;
    job::Variables environment;  ///< for `$env{…}`
    job::Registry::Make host_container;
    /// Plans, layers and environments in memory before those that nobody uses are dropped.
    std::size_t remembered = 4096;
};

/// When a job comes.
struct Arrival {
    std::chrono::steady_clock::time_point now;
    bool alone = true;  ///< no other job is unfinished
};

/// Turns jobs into executions: parents first, then layers, environment, checks, and that is also
/// the order in which errors win. A core: no threads, no clock, no I/O.
///
///     job ── its container ──▶ Plan (merged with its parents, once per distinct container)
///                               │ all layers fresh: the job is ready at once
///                               └ some are not: it joins the plan's Round, which waits for them
///
/// Equal containers share a plan, equal layers an entry, equal results one `job::Environment`. All
/// three maps are bounded: what nobody uses any more is dropped once there are many.
class Preparer {
public:
    Preparer(PreparerSettings settings, PreparerOutput& output);
    Preparer(const Preparer&) = delete;
    Preparer& operator=(const Preparer&) = delete;
    ~Preparer();

    void define(const std::string& name, job::Container container);
    /// What is known of layers that can change is void.
    void look_again();
    void submit(job::JobId id, job::Job job, Extras extras, const Arrival& arrival);
    void on_built(const job::Layer& layer, Built built);
    /// A job whose layers, handed over before, are not whole any more: builds all of them again.
    /// False if it is not known any more what they were made from.
    bool prepare_again(job::JobId id, job::Execution execution);
    /// False if the job is not here (any more).
    bool cancel(job::JobId id);

private:
    struct Entry;
    struct Plan;
    struct Round;
    struct Waiting {
        job::JobId id;
        job::Execution execution;
    };
    struct PlanKey {
        job::Container container;
        RootWishes wishes;
        auto operator<=>(const PlanKey&) const = default;
    };
    /// Orders pointers by what they point to.
    struct ByValue;
    using Entries = std::set<std::shared_ptr<Entry>, ByValue>;
    /// With a plan that makes each.
    using Environments =
        std::map<std::shared_ptr<const job::Environment>, std::shared_ptr<Plan>, ByValue>;

    util::Result<std::shared_ptr<Plan>> find_plan(PlanKey key);
    util::Result<std::shared_ptr<Plan>> make_plan(const PlanKey& key);
    std::shared_ptr<Entry> find_entry(const job::Layer& layer);
    void start_round(const std::shared_ptr<Plan>& plan, Waiting first, const Arrival& arrival);
    void ask_for_layers(Round& round, const Arrival& arrival);
    void finish(Round& round);
    util::Result<void> complete(const std::shared_ptr<Plan>& shared, const Round& round);
    void hand_over(const Plan& plan, Waiting waiting);
    void forget_unused();

    const std::string project_directory_;
    const job::Variables environment_;
    PreparerOutput& output_;
    job::Registry registry_;
    std::map<PlanKey, std::shared_ptr<Plan>> plans_;  // shared with the rounds in progress
    std::unique_ptr<Entries> entries_;                // shared with the plans that have the layer
    std::unique_ptr<Environments> environments_;      // shared with the jobs that run in them
    std::list<Round> rounds_;
    std::unordered_set<job::JobId> waiting_;  // ids of the jobs in `rounds_`, less the cancelled
    const std::size_t remembered_;
    std::size_t forget_above_;
};

}  // namespace maelstrom::client
