#include "client/session.hpp"

#include "store/store.hpp"

#include <algorithm>
#include <thread>

namespace maelstrom::client {

using util::Result;

namespace {

// One build mends all that one look has found damaged; another look may find more.
constexpr int most_rebuilds = 3;

// Builders hash with threads of their own; these only wait for them and for the disk.
unsigned build_threads() {
    return std::clamp(std::thread::hardware_concurrency(), 2U, 8U);
}

}  // namespace

Result<std::unique_ptr<Session>> Session::create(PreparerSettings settings,
                                                 std::unique_ptr<store::Store> store,
                                                 std::unique_ptr<layer::Builder> builder,
                                                 const MakeExecutor& make_executor) {
    std::unique_ptr<Session> session(
        new Session(std::move(settings), std::move(store), std::move(builder)));
    session->executor_ = TRY(make_executor(*session));
    session->pool_ = TRY(BuildPool::start(*session->builder_, build_threads()));
    return session;
}

Session::Session(PreparerSettings settings,
                 std::unique_ptr<store::Store> store,
                 std::unique_ptr<layer::Builder> builder)
    : store_(std::move(store)), builder_(std::move(builder)),
      preparer_(std::move(settings), *this) {
}

Session::~Session() {
    if (store_) {
        store_->stop();  // nobody waits for what is being built or unpacked
    }
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    if (executor_) {
        executor_->close();  // the end of its slots takes longer than that of our threads
    }
}

void Session::define(const std::string& name, job::Container container) {
    const std::lock_guard lock(mutex_);
    preparer_.define(name, std::move(container));
}

void Session::look_again() {
    const std::lock_guard lock(mutex_);
    preparer_.look_again();
}

job::JobId Session::submit(job::Job job, Extras extras) {
    const std::lock_guard lock(mutex_);
    const job::JobId id{next_id_++};
    const Arrival arrival{extras.arrived.value_or(std::chrono::steady_clock::now()),
                          !events_.has_unfinished()};
    events_.open(id);
    preparer_.submit(id, std::move(job), std::move(extras), arrival);
    return id;
}

void Session::cancel(job::JobId id) {
    const std::lock_guard lock(mutex_);
    if (events_.cancel(id) && !preparer_.cancel(id)) {
        executor_->cancel(id);
    }
}

std::optional<Event> Session::next(std::chrono::steady_clock::time_point deadline) {
    return events_.next(deadline);
}

void Session::interrupt() {
    events_.interrupt();
}

void Session::build(const job::Layer& layer) {
    pool_->build(layer, [this, &layer](Built built) {
        const std::lock_guard lock(mutex_);
        preparer_.on_built(layer, std::move(built));
    });
}

void Session::on_waiting(job::JobId id) {
    events_.on_state(id, JobState::waiting_for_artifacts);
}

void Session::on_ready(job::JobId id, job::Execution execution) {
    executor_->submit(id, std::move(execution));
}

void Session::on_state(job::JobId id, JobState state) {
    events_.on_state(id, state);
}

void Session::on_terminal(job::JobId id, sys::Fd master) {
    events_.on_terminal(id, std::move(master));
}

void Session::on_finished(job::JobId id, job::Result result) {
    events_.on_finished(id, std::move(result));
}

void Session::on_fork_point(job::JobId id, job::ForkPointReached reached) {
    events_.on_fork_point(id, std::move(reached));
}

/// A blob was damaged and has been dropped, or somebody emptied the store: what made the layers is
/// still known.
void Session::on_layers_missing(job::JobId id, job::Execution execution, std::string reason) {
    const std::lock_guard lock(mutex_);
    if (closing_ || !events_.is_unfinished(id)) {
        return;
    }
    if (++given_back_[id] > most_rebuilds || !preparer_.prepare_again(id, std::move(execution))) {
        events_.on_finished(id, job::NotRun{job::NotRun::Kind::system, std::move(reason)});
    }
}

void Session::on_failed(job::JobId id, std::string message) {
    events_.on_finished(id, job::NotRun{job::NotRun::Kind::preparation, std::move(message)});
}

}  // namespace maelstrom::client
