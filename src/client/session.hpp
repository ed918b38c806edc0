#pragma once

#include "client/build_pool.hpp"
#include "client/client.hpp"
#include "client/event_queue.hpp"
#include "client/executor.hpp"
#include "client/preparer.hpp"
#include "layer/builder.hpp"

#include <functional>
#include <mutex>
#include <unordered_map>

namespace maelstrom::client {

/// The client put together: a preparer behind a lock, threads that build layers for it, an executor
/// and the queue of events.
///
/// Locks: `mutex_` guards the preparer and orders definitions, jobs and cancellations; the queue
/// has its own, taken last. An executor may report while it holds locks of its own, except for
/// missing layers, which take `mutex_`.
class Session final : public Client, private PreparerOutput, private ExecutorListener {
public:
    using MakeExecutor =
        std::function<util::Result<std::unique_ptr<Executor>>(ExecutorListener& listener)>;

    /// The store that builder and executor use goes last; tests without one pass none.
    static util::Result<std::unique_ptr<Session>> create(PreparerSettings settings,
                                                         std::unique_ptr<store::Store> store,
                                                         std::unique_ptr<layer::Builder> builder,
                                                         const MakeExecutor& make_executor);
    ~Session() override;

    void define(const std::string& name, job::Container container) override;
    void look_again() override;
    job::JobId submit(job::Job job, Extras extras) override;
    void cancel(job::JobId id) override;
    std::optional<Event> next(std::chrono::steady_clock::time_point deadline) override;
    void interrupt() override;

private:
    Session(PreparerSettings settings,
            std::unique_ptr<store::Store> store,
            std::unique_ptr<layer::Builder> builder);

    void build(const job::Layer& layer) override;
    void on_waiting(job::JobId id) override;
    void on_ready(job::JobId id, job::Execution execution) override;
    void on_failed(job::JobId id, std::string message) override;

    void on_state(job::JobId id, JobState state) override;
    void on_terminal(job::JobId id, sys::Fd master) override;
    void on_finished(job::JobId id, job::Result result) override;
    void on_fork_point(job::JobId id, job::ForkPointReached reached) override;
    void on_layers_missing(job::JobId id, job::Execution execution, std::string reason) override;

    std::unique_ptr<store::Store> store_;
    std::unique_ptr<layer::Builder> builder_;
    EventQueue events_;
    std::mutex mutex_;
    Preparer preparer_;
    std::uint32_t next_id_ = 0;
    bool closing_ = false;  ///< the pool may be gone: nothing is built any more
    std::unordered_map<job::JobId, int> given_back_;  ///< how often, for missing layers
    // Destroyed first and in this order reversed: no more builds, then no more jobs.
    std::unique_ptr<Executor> executor_;
    std::unique_ptr<BuildPool> pool_;
};

}  // namespace maelstrom::client
