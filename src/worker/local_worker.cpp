#include "worker/local_worker.hpp"

#include "container/linux_slot_maker.hpp"
#include "layer/root.hpp"
#include "store/store.hpp"
#include "sys/thread.hpp"
#include "util/check.hpp"
#include "util/log.hpp"
#include "util/mailbox.hpp"
#include "worker/containers.hpp"
#include "worker/descriptor_limit.hpp"
#include "worker/dispatcher.hpp"
#include "worker/hidden_entries.hpp"
#include "worker/known_machine.hpp"

#include <atomic>
#include <set>
#include <string>
#include <thread>

namespace maelstrom::worker {

using container::Plan;
using util::Error;
using util::ErrorKind;
using util::Result;

namespace {

/// What became of an environment's layers.
struct Preparation {
    Result<Plan> plan;
    bool layers_missing = false;  ///< the plan's error: the client can build them again
};

class LoopWorker final : public LocalWorker {
public:
    LoopWorker(store::Store& store,
               Listener& listener,
               std::unique_ptr<sys::Loop> loop,
               std::unique_ptr<container::SlotMaker> slot_maker)
        : store_(store), listener_(listener), loop_(std::move(loop)),
          slot_maker_(std::move(slot_maker)) {}

    Result<void> start(const Settings& settings) {
        thread_ = TRY(sys::start_thread([this, settings] { serve(settings); }));
        return {};
    }

    /// The jobs end first: unpacking may take a while.
    ~LoopWorker() override {
        LoopWorker::close();
        if (thread_.joinable()) {
            thread_.join();
        }
    }

    void close() override {
        ending_ = true;
        to_prepare_.close();
        loop_->stop();
    }

    void submit(job::JobId id, job::Execution execution) override {
        loop_->post([this, id, execution = std::move(execution)]() mutable {
            accept(id, std::move(execution));
        });
    }

    void cancel(job::JobId id) override {
        loop_->post([this, id] {
            if (!containers_.drop_waiting(id)) {
                dispatcher_->cancel(id);
            }
        });
    }

private:
    void serve(const Settings& settings) {
        // Made here since slots die with the thread that started them.
        dispatcher_ = std::make_unique<Dispatcher>(settings, *loop_, *slot_maker_, listener_);
        loop_->run();
        dispatcher_.reset();
    }

    void accept(job::JobId id, job::Execution execution) {
        if (execution.fork) {
            dispatcher_->enqueue(id, std::move(execution), nullptr);
            return;
        }
        containers_.prune();
        CHECK(execution.environment != nullptr);
        auto& entry = containers_.at(execution.environment);
        if (entry.plan) {
            dispatcher_->enqueue(id, std::move(execution), entry.plan);
            return;
        }
        const bool first = entry.waiting.empty();
        std::shared_ptr<const job::Environment> environment = execution.environment;
        entry.waiting.push_back({id, std::move(execution)});
        if (!first) {
            return;
        }
        if (auto directories = layer::find_root(store_, environment->layers)) {
            on_prepared(*environment, {Plan::make(*environment, std::move(*directories))});
        } else if (auto started = start_preparer(); !started) {
            on_prepared(*environment, {std::unexpected(std::move(started).error())});
        } else if (!to_prepare_.send(std::move(environment))) {
            containers_.forget(entry.environment.get());
        }
    }

    /// Roots that have been prepared before need none.
    Result<void> start_preparer() {
        if (!preparer_.joinable()) {
            preparer_ = TRY(sys::start_thread([this] { prepare_environments(); }));
        }
        return {};
    }

    /// The preparer's thread: unpacking layers may take long and must not hold up running jobs.
    void prepare_environments() {
        while (auto environment = to_prepare_.receive()) {
            if (ending_) {
                return;
            }
            Preparation preparation = prepare(**environment);
            loop_->post([this, environment = std::move(*environment),
                         preparation = std::move(preparation)]() mutable {
                on_prepared(*environment, std::move(preparation));
            });
        }
    }

    Preparation prepare(const job::Environment& environment) {
        auto directories = layer::prepare_root(store_, environment.layers);
        if (!directories) {
            const bool missing = directories.error().kind() == ErrorKind::not_found;
            return {std::unexpected(directories.error()), missing};
        }
        return {Plan::make(environment, std::move(*directories))};
    }

    void on_prepared(const job::Environment& environment, Preparation preparation) {
        Containers::Entry* entry = containers_.find(&environment);
        if (entry == nullptr) {
            return;
        }
        std::vector<Containers::Waiting> waiting = std::move(entry->waiting);
        entry->waiting.clear();
        auto& plan = preparation.plan;
        if (!plan) {
            if (preparation.layers_missing) {
                give_back(waiting, plan.error().message());
                containers_.forget(&environment);
                return;
            }
            const auto kind = plan.error().kind() == ErrorKind::invalid
                                  ? job::NotRun::Kind::execution
                                  : job::NotRun::Kind::system;
            for (const Containers::Waiting& job : waiting) {
                listener_.on_finished(job.id, job::NotRun{kind, plan.error().message()});
            }
            containers_.forget(&environment);  // never remembered: the next job tries again
            return;
        }
        tell(tell_hidden_entries(*plan));
        entry->plan = containers_.intern(std::move(*plan));
        const std::shared_ptr<const Plan> shared = entry->plan;
        for (Containers::Waiting& job : waiting) {
            dispatcher_->enqueue(job.id, std::move(job.execution), shared);
        }
    }

    void tell(const std::string& sentence) {
        if (!sentence.empty() && told_.insert(sentence).second) {
            util::log::warning("{}", sentence);
        }
    }

    void give_back(std::vector<Containers::Waiting>& jobs, const std::string& reason) {
        for (Containers::Waiting& job : jobs) {
            listener_.on_layers_missing(job.id, std::move(job.execution), reason);
        }
    }

    store::Store& store_;
    Listener& listener_;
    std::unique_ptr<sys::Loop> loop_;
    std::unique_ptr<container::SlotMaker> slot_maker_;
    Containers containers_;                   // on the loop's thread
    std::set<std::string> told_;              // likewise
    std::unique_ptr<Dispatcher> dispatcher_;  // on the loop's thread
    util::Mailbox<std::shared_ptr<const job::Environment>> to_prepare_;
    std::atomic<bool> ending_ = false;
    std::jthread preparer_;  // on the loop's thread as long as that runs
    std::jthread thread_;
};

}  // namespace

Result<std::unique_ptr<LocalWorker>>
LocalWorker::start(const Settings& settings, store::Store& store, Listener& listener) {
    TRY(provide_descriptors(settings.slots));
    container::Machine machine = TRY(known_machine(store));
    for (const std::string& remark : machine.remarks) {
        util::log::debug("{}", remark);
    }
    std::string scratch;
    if (machine.scratch_on_disk) {
        scratch = TRY(store.make_scratch_directory());
    }
    std::unique_ptr<container::SlotMaker> slot_maker =
        TRY(container::LinuxSlotMaker::create(std::move(machine), std::move(scratch)));
    std::unique_ptr<sys::Loop> loop = TRY(sys::Loop::create());
    auto worker =
        std::make_unique<LoopWorker>(store, listener, std::move(loop), std::move(slot_maker));
    TRY(worker->start(settings));
    return worker;
}

}  // namespace maelstrom::worker
