#include "client/preparer.hpp"

#include "job/parse.hpp"
#include "util/check.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace maelstrom::client {

using std::chrono::steady_clock;
using util::Result;

namespace {

// While other jobs are unfinished, a look at a layer's files serves for ten times what it cost, so
// that looking takes at most a tenth of one core; and for a second at most.
constexpr int cost_factor = 10;
constexpr steady_clock::duration longest_trust = std::chrono::seconds(1);

job::Execution execution_of(job::Job&& job, Extras&& extras) {
    job::Execution execution;
    execution.fork = std::move(extras.fork);
    execution.program = std::move(job.program);
    execution.arguments = std::move(job.arguments);
    execution.extra_variables = std::move(extras.variables);
    execution.timeout = job.timeout;
    execution.priority = job.priority;
    execution.estimated_duration = job.estimated_duration;
    execution.terminal = extras.terminal;
    execution.output_limit = extras.output_limit;
    execution.output_to = extras.output_to;
    execution.holds_output_back = extras.holds_output_back;
    return execution;
}

}  // namespace

/// One distinct layer and what is known of it.
struct Preparer::Entry {
    struct Waiter {
        Round* round;
        std::size_t index;  ///< of the layer in the round's plan
    };
    job::Layer layer;
    std::optional<util::Digest> digest;  ///< of the last build that succeeded
    steady_clock::time_point looked_at;  ///< what is on disk is as in the layer since then
    steady_clock::duration cost{};
    bool building = false;
    bool is_outdated = false;  ///< what is being built must not be remembered
    std::vector<Waiter> waiting;

    bool is_fresh(const Arrival& arrival) const {
        if (!digest || never_changes(layer)) {
            return digest.has_value();
        }
        const auto trust = arrival.alone ? steady_clock::duration::zero()
                                         : std::min(cost * cost_factor, longest_trust);
        return arrival.now <= looked_at || arrival.now < looked_at + trust;
    }
};

/// One distinct container, merged with its parents.
struct Preparer::Plan {
    job::Container container;
    RootWishes wishes;
    std::vector<std::shared_ptr<Entry>> layers;
    std::vector<util::Digest> digests;  ///< those that `environment` was made of
    std::shared_ptr<const job::Environment> environment;
    Round* round = nullptr;  ///< the one in progress

    bool is_ready(const Arrival& arrival) const {
        return environment && std::ranges::all_of(layers, [&](const auto& entry) {
                   return entry->is_fresh(arrival);
               });
    }
};

/// The jobs that wait for the layers of one plan.
struct Preparer::Round {
    std::shared_ptr<Plan> plan;  ///< kept while somebody waits, even when definitions change
    std::vector<Waiting> jobs;
    std::vector<std::optional<Result<util::Digest>>> results;  ///< one a layer
    std::size_t outstanding = 0;
};

struct Preparer::ByValue {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
        return value(a) < value(b);
    }
    static const job::Layer& value(const job::Layer& layer) { return layer; }
    static const job::Layer& value(const std::shared_ptr<Entry>& entry) { return entry->layer; }
    static const job::Environment& value(const job::Environment& environment) {
        return environment;
    }
    static const job::Environment& value(const std::shared_ptr<const job::Environment>& shared) {
        return *shared;
    }
};

Preparer::Preparer(PreparerSettings settings, PreparerOutput& output)
    : project_directory_(std::move(settings.project_directory)),
      environment_(std::move(settings.environment)), output_(output),
      entries_(std::make_unique<Entries>()), environments_(std::make_unique<Environments>()),
      remembered_(settings.remembered), forget_above_(settings.remembered) {
    if (settings.host_container) {
        registry_.provide(std::string(job::host_container_name),
                          std::move(settings.host_container));
    }
}

Preparer::~Preparer() = default;

void Preparer::define(const std::string& name, job::Container container) {
    registry_.define(name, std::move(container));
    // Rounds in progress keep theirs: those jobs came before the definition.
    plans_.clear();
}

void Preparer::look_again() {
    for (const auto& entry : *entries_) {
        entry->digest.reset();
        entry->is_outdated = entry->building;
    }
}

void Preparer::submit(job::JobId id, job::Job job, Extras extras, const Arrival& arrival) {
    if (extras.fork) {
        // Its container is made already.
        return output_.on_ready(id, execution_of(std::move(job), std::move(extras)));
    }
    PlanKey key{std::move(job.container),
                {std::move(extras.capture), extras.host_name, extras.fork_point}};
    auto plan = find_plan(std::move(key));
    if (!plan) {
        return output_.on_failed(id, plan.error().message());
    }
    Waiting waiting{id, execution_of(std::move(job), std::move(extras))};
    if (Round* round = (*plan)->round) {
        waiting_.insert(id);
        round->jobs.push_back(std::move(waiting));
        output_.on_waiting(id);
    } else if ((*plan)->is_ready(arrival)) {
        hand_over(**plan, std::move(waiting));
    } else {
        start_round(*plan, std::move(waiting), arrival);
    }
}

void Preparer::on_built(const job::Layer& layer, Built built) {
    const auto found = entries_->find(layer);
    CHECK(found != entries_->end());
    Entry& entry = **found;
    entry.building = false;
    if (const bool outdated = std::exchange(entry.is_outdated, false); built.digest && !outdated) {
        entry.digest = *built.digest;
        entry.looked_at = built.since;
        entry.cost = built.cost;
    }
    // A failure is told to who waits and not remembered: the next job looks again.
    const std::vector<Entry::Waiter> waiters = std::move(entry.waiting);
    entry.waiting.clear();
    for (const Entry::Waiter& waiter : waiters) {
        Round& round = *waiter.round;
        round.results[waiter.index] = built.digest;
        if (--round.outstanding == 0) {
            finish(round);
        }
    }
}

bool Preparer::prepare_again(job::JobId id, job::Execution execution) {
    const auto found = environments_->find(*execution.environment);
    if (found == environments_->end()) {
        return false;
    }
    const std::shared_ptr<Plan> plan = found->second;
    for (const auto& entry : plan->layers) {
        entry->digest.reset();
    }
    Waiting waiting{id, std::move(execution)};
    if (plan->round == nullptr) {
        // Nothing is fresh now, whatever the time.
        start_round(plan, std::move(waiting), Arrival{});
    } else {
        waiting_.insert(id);
        plan->round->jobs.push_back(std::move(waiting));
        output_.on_waiting(id);
    }
    return true;
}

bool Preparer::cancel(job::JobId id) {
    return waiting_.erase(id) > 0;
}

Result<std::shared_ptr<Preparer::Plan>> Preparer::find_plan(PlanKey key) {
    if (const auto found = plans_.find(key); found != plans_.end()) {
        return found->second;
    }
    forget_unused();
    auto plan = TRY(make_plan(key));
    plans_.emplace(std::move(key), plan);
    return plan;
}

Result<std::shared_ptr<Preparer::Plan>> Preparer::make_plan(const PlanKey& key) {
    job::Collapsed collapsed = TRY(job::collapse(key.container, registry_));
    TRY(check_image(collapsed.container));
    auto plan = std::make_shared<Plan>();
    plan->container = std::move(collapsed.container);
    plan->wishes = key.wishes;
    if (std::ranges::find(collapsed.ancestors, job::host_container_name) !=
        collapsed.ancestors.end()) {
        plan->wishes.host_name = true;
    }
    for (const job::Layer& layer : plan->container.layers) {
        plan->layers.push_back(find_entry(layer));
    }
    return plan;
}

std::shared_ptr<Preparer::Entry> Preparer::find_entry(const job::Layer& layer) {
    if (const auto found = entries_->find(layer); found != entries_->end()) {
        return *found;
    }
    auto entry = std::make_shared<Entry>();
    entry->layer = layer;
    entries_->insert(entry);
    return entry;
}

void Preparer::start_round(const std::shared_ptr<Plan>& plan,
                           Waiting first,
                           const Arrival& arrival) {
    Round& round = rounds_.emplace_back();
    round.plan = plan;
    round.results.resize(plan->layers.size());
    plan->round = &round;
    const job::JobId id = first.id;
    waiting_.insert(id);
    round.jobs.push_back(std::move(first));
    ask_for_layers(round, arrival);
    if (round.outstanding == 0) {
        finish(round);
    } else {
        output_.on_waiting(id);
    }
}

void Preparer::ask_for_layers(Round& round, const Arrival& arrival) {
    for (std::size_t i = 0; i < round.plan->layers.size(); ++i) {
        Entry& entry = *round.plan->layers[i];
        if (!entry.building && entry.is_fresh(arrival)) {
            round.results[i] = *entry.digest;
            continue;
        }
        ++round.outstanding;
        entry.waiting.push_back({&round, i});
        if (!std::exchange(entry.building, true)) {
            output_.build(entry.layer);
        }
    }
}

void Preparer::finish(Round& round) {
    const std::shared_ptr<Plan> plan = round.plan;
    const auto completed = complete(plan, round);
    std::vector<Waiting> jobs = std::move(round.jobs);
    plan->round = nullptr;
    rounds_.remove_if([&](const Round& other) { return &other == &round; });
    for (Waiting& job : jobs) {
        if (waiting_.erase(job.id) == 0) {
            continue;  // cancelled
        }
        if (completed) {
            hand_over(*plan, std::move(job));
        } else {
            output_.on_failed(job.id, completed.error().message());
        }
    }
}

/// Makes the plan's environment from its layers.
Result<void> Preparer::complete(const std::shared_ptr<Plan>& shared, const Round& round) {
    Plan& plan = *shared;
    std::vector<util::Digest> digests;
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
        // The builder's message names the kind of the layer and what is wrong in it.
        Result<util::Digest> result = *round.results[i];
        digests.push_back(TRY(std::move(result)));
    }
    if (plan.environment && plan.digests == digests) {
        return {};
    }
    const job::Variables variables =
        TRY(job::evaluate_environment(plan.container.environment, environment_));
    TRY(check_container(plan.container));
    auto environment = std::make_shared<const job::Environment>(
        make_environment(plan.container, plan.wishes, digests, variables, project_directory_));
    // An equal one, of another plan or of earlier layers, takes its place.
    plan.environment = environments_->emplace(std::move(environment), shared).first->first;
    plan.digests = std::move(digests);
    return {};
}

void Preparer::hand_over(const Plan& plan, Waiting waiting) {
    waiting.execution.environment = plan.environment;
    if (util::log::level() <= util::log::Level::debug) {
        const std::string_view reason = waiting.execution.terminal ? "it has a terminal"
                                        : waiting.execution.output_to
                                            ? "its output goes to this process"
                                            : local_only_reason(*plan.environment);
        if (!reason.empty()) {
            util::log::debug("job {} must run on this machine: {}",
                             static_cast<std::uint32_t>(waiting.id), reason);
        }
    }
    output_.on_ready(waiting.id, std::move(waiting.execution));
}

void Preparer::forget_unused() {
    if (std::max({plans_.size(), entries_->size(), environments_->size()}) < forget_above_) {
        return;
    }
    std::erase_if(plans_, [](const auto& item) { return item.second->round == nullptr; });
    std::erase_if(*environments_, [](const auto& item) {
        const auto& [environment, plan] = item;
        const long by_us = plan->environment == environment ? 2 : 1;
        return environment.use_count() == by_us && plan->round == nullptr;
    });
    std::erase_if(*entries_, [](const std::shared_ptr<Entry>& entry) {
        return entry.use_count() == 1 && !entry->building;
    });
    // Doubling keeps the search rare when all of them are in use.
    forget_above_ = std::max(
        remembered_, 2 * std::max({plans_.size(), entries_->size(), environments_->size()}));
}

}  // namespace maelstrom::client
