#include "client/local_executor.hpp"

namespace maelstrom::client {

util::Result<std::unique_ptr<LocalExecutor>> LocalExecutor::start(const worker::Settings& settings,
                                                                  store::Store& store,
                                                                  ExecutorListener& listener) {
    std::unique_ptr<LocalExecutor> executor(new LocalExecutor(listener));
    executor->worker_ = TRY(worker::LocalWorker::start(settings, store, *executor));
    return executor;
}

void LocalExecutor::submit(job::JobId id, job::Execution execution) {
    listener_.on_state(id, JobState::pending);
    worker_->submit(id, std::move(execution));
}

void LocalExecutor::cancel(job::JobId id) {
    worker_->cancel(id);
}

void LocalExecutor::close() {
    worker_->close();
}

void LocalExecutor::on_started(job::JobId id) {
    listener_.on_state(id, JobState::running);
}

void LocalExecutor::on_terminal(job::JobId id, sys::Fd master) {
    listener_.on_terminal(id, std::move(master));
}

void LocalExecutor::on_finished(job::JobId id, job::Result result) {
    listener_.on_finished(id, std::move(result));
}

void LocalExecutor::on_fork_point(job::JobId id, job::ForkPointReached reached) {
    listener_.on_fork_point(id, std::move(reached));
}

void LocalExecutor::on_layers_missing(job::JobId id, job::Execution execution, std::string reason) {
    listener_.on_layers_missing(id, std::move(execution), std::move(reason));
}

}  // namespace maelstrom::client
