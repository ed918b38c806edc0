#pragma once

#include "client/executor.hpp"
#include "worker/local_worker.hpp"

namespace maelstrom::client {

/// Runs jobs on the worker inside this process.
class LocalExecutor final : public Executor, private worker::Listener {
public:
    /// As `worker::LocalWorker::start`: what the machine forbids comes back as one sentence.
    static util::Result<std::unique_ptr<LocalExecutor>>
    start(const worker::Settings& settings, store::Store& store, ExecutorListener& listener);

    void submit(job::JobId id, job::Execution execution) override;
    void cancel(job::JobId id) override;
    void close() override;

private:
    explicit LocalExecutor(ExecutorListener& listener) : listener_(listener) {}

    void on_started(job::JobId id) override;
    void on_terminal(job::JobId id, sys::Fd master) override;
    void on_finished(job::JobId id, job::Result result) override;
    void on_fork_point(job::JobId id, job::ForkPointReached reached) override;
    void on_layers_missing(job::JobId id, job::Execution execution, std::string reason) override;

    ExecutorListener& listener_;
    std::unique_ptr<worker::LocalWorker> worker_;
};

}  // namespace maelstrom::client
