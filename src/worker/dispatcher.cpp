#include "worker/dispatcher.hpp"

#include "container/launch.hpp"
#include "container/limits.hpp"
#include "fork_point/wire.hpp"
#include "sys/file.hpp"
#include "util/check.hpp"
#include "worker/held_back.hpp"
#include "worker/job_output.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>

namespace maelstrom::worker {

using container::Plan;
using job::NotRun;
using util::Error;
using util::ErrorKind;
using util::Result;

/// The job that a slot is running.
struct Dispatcher::Running {
    Running(job::JobId job, sys::Loop& loop, std::span<char> buffer, util::Bytes limit)
        : id(job), output(loop, buffer, limit) {}

    job::JobId id;
    JobOutput output;
    std::optional<HeldBack> held_back;
    std::optional<std::chrono::seconds> time_limit;
    sys::Loop::Handle timer;
    bool timed_out = false;
    bool terminated = false;  ///< SIGTERM was sent because of the time limit
    bool cancelled = false;

    std::unique_ptr<container::ForkPoint> point;
    sys::Loop::Handle control_readable;
    bool resting = false;  ///< it waits for jobs to fork
};

/// A slot and, while it is busy, its job.
struct Dispatcher::Process {
    std::shared_ptr<const Plan> plan;
    std::unique_ptr<container::Slot> slot;
    std::optional<job::JobId> point;  ///< whose lane it is
    sys::Loop::Handle readable;
    std::unique_ptr<Running> running;
};

namespace {

/// A hundred years are for ever, and few enough for a clock that counts nanoseconds.
constexpr std::chrono::seconds longest_wait = std::chrono::years(100);

NotRun not_run(const Error& error) {
    const bool authors_fault = error.kind() == ErrorKind::invalid;
    return {authors_fault ? NotRun::Kind::execution : NotRun::Kind::system, error.message()};
}

/// Tells a program where a descriptor is that it is given.
container::Launch with_descriptor(container::Launch launch, const char* variable, int descriptor) {
    launch.environment.push_back(fmt::format("{}={}", variable, descriptor));
    return launch;
}

/// Why no job can be forked there, if so. A cell gives up all capabilities.
std::optional<std::string> refusal_of(const container::ForkPoint::Reached& reached,
                                      const Plan& plan) {
    if (plan.capabilities == job::Capabilities::all) {
        return "its container has capabilities = \"all\"";
    }
    return reached.refusal;
}

job::Status to_status(const std::variant<job::Exited, job::Signaled, job::OutOfMemory>& status) {
    return std::visit([](const auto& value) { return job::Status(value); }, status);
}

}  // namespace

Dispatcher::Dispatcher(const Settings& settings,
                       sys::Loop& loop,
                       container::SlotMaker& slot_maker,
                       Listener& listener)
    : settings_(settings), loop_(loop), slot_maker_(slot_maker), listener_(listener) {
}

Dispatcher::~Dispatcher() = default;

void Dispatcher::enqueue(job::JobId id,
                         job::Execution execution,
                         std::shared_ptr<const Plan> plan) {
    if (plan) {
        plans_.emplace(id, std::move(plan));
    }
    queue_.push(id, std::move(execution));
    start_ready_jobs();
}

bool Dispatcher::cancel(job::JobId id) {
    if (queue_.remove(id)) {
        plans_.erase(id);
        return true;
    }
    const auto found = running_.find(id);
    if (found == running_.end()) {
        return false;
    }
    found->second->running->cancelled = true;
    kill(id);
    return true;
}

void Dispatcher::start_ready_jobs() {
    while (running_jobs() < settings_.slots) {
        auto next = queue_.pop();
        if (!next) {
            return;
        }
        const auto entry = plans_.extract(next->id);
        start(std::move(*next), entry ? entry.mapped() : nullptr);
    }
}

void Dispatcher::start(Queue::Waiting job, const std::shared_ptr<const Plan>& plan) {
    const auto started = [&]() -> Result<void> {
        const container::Launch launch = TRY(container::Launch::make(job.execution));
        const auto process =
            job.execution.fork ? TRY(acquire_lane(job.execution.fork->point)) : TRY(acquire(plan));
        const util::Bytes limit = job.execution.output_limit.value_or(settings_.inline_limit);
        process->running = std::make_unique<Running>(job.id, loop_, read_buffer_, limit);
        Running& running = *process->running;
        if (const auto ready = connect(process, launch, job.execution); !ready) {
            release(process, false);
            return std::unexpected(ready.error());
        }
        if (job.execution.timeout && job.execution.timeout->count() > 0) {
            running.time_limit = job.execution.timeout;
            running.timer =
                loop_.at(sys::Loop::Clock::now() +
                             std::min<std::chrono::seconds>(*job.execution.timeout, longest_wait),
                         [this, id = job.id] { on_timeout(id); });
        }
        running_.emplace(job.id, process);
        return {};
    }();
    if (started) {
        listener_.on_started(job.id);
    } else {
        listener_.on_finished(job.id, not_run(started.error()));
    }
}

/// Starts the job with the streams that it needs.
Result<void> Dispatcher::connect(Processes::iterator process,
                                 const container::Launch& launch,
                                 const job::Execution& execution) {
    const std::optional<job::OutputDescriptors>& output_to = execution.output_to;
    Running& running = *process->running;
    container::Streams streams;
    if (output_to && !launch.terminal) {
        streams.out = TRY(sys::duplicate(output_to->out));
        streams.err = TRY(sys::duplicate(output_to->err));
    } else if (!launch.terminal) {
        container::OutputPipes pipes = TRY(container::OutputPipes::open());
        streams = std::move(pipes.streams);
        running.output.begin(std::move(pipes.out), std::move(pipes.err));
        if (execution.holds_output_back) {
            running.held_back = TRY(HeldBack::open());
            streams.held_back = TRY(running.held_back->share());
        }
    }
    if (process->point || !process->plan->fork_point) {
        if (running.held_back && !process->point) {
            return process->slot->run(
                with_descriptor(launch, HeldBack::variable, slot::extra_descriptor),
                std::move(streams));
        }
        return process->slot->run(launch, std::move(streams));
    }
    auto ends = TRY(container::ForkPoint::open());
    streams.control = std::move(ends.program);
    running.point = std::move(ends.owner);
    running.control_readable =
        TRY(loop_.watch(running.point->descriptor(), EPOLLIN,
                        [this, id = running.id](std::uint32_t) { on_control(id); }));
    return process->slot->run(
        with_descriptor(launch, fork_point::control_variable, fork_point::control_descriptor),
        std::move(streams));
}

/// An idle slot of that plan, or a new one; it is among the busy ones afterwards.
Result<Dispatcher::Processes::iterator>
Dispatcher::acquire(const std::shared_ptr<const Plan>& plan) {
    // The most recently used one has the warmest caches.
    for (auto process = idle_.rbegin(); process != idle_.rend(); ++process) {
        if (!process->point && process->plan == plan) {
            busy_.splice(busy_.end(), idle_, std::next(process).base());
            return std::prev(busy_.end());
        }
    }
    give_up_idle_slots(1);
    std::unique_ptr<container::Slot> slot = TRY(slot_maker_.start(*plan));
    return add({.plan = plan, .slot = std::move(slot), .point = {}, .readable = {}, .running = {}});
}

/// Likewise, for a job that is to be forked.
Result<Dispatcher::Processes::iterator> Dispatcher::acquire_lane(job::JobId point) {
    for (auto process = idle_.rbegin(); process != idle_.rend(); ++process) {
        if (process->point == point) {
            busy_.splice(busy_.end(), idle_, std::next(process).base());
            return std::prev(busy_.end());
        }
    }
    const auto found = running_.find(point);
    if (found == running_.end() || !found->second->running->resting) {
        return util::fail(ErrorKind::system,
                          "the process that the job was to be forked from has ended");
    }
    const std::shared_ptr<const Plan> plan = found->second->plan;
    std::optional<container::Cgroup> group = TRY(slot_maker_.lane_group(*plan));
    std::unique_ptr<container::Slot> lane =
        TRY(found->second->running->point->open_lane(*plan, std::move(group)));
    return add(
        {.plan = plan, .slot = std::move(lane), .point = point, .readable = {}, .running = {}});
}

Result<Dispatcher::Processes::iterator> Dispatcher::add(Process added) {
    busy_.push_back(std::move(added));
    const auto process = std::prev(busy_.end());
    auto watch = loop_.watch(process->slot->descriptor(), EPOLLIN,
                             [this, process](std::uint32_t) { on_slot_ready(process); });
    if (!watch) {
        busy_.erase(process);
        return std::unexpected(watch.error());
    }
    process->readable = std::move(*watch);
    return process;
}

void Dispatcher::give_up_idle_slots(std::size_t coming) {
    const std::size_t most = std::size_t{2} * settings_.slots;
    const std::size_t allowed = most - std::min(most, busy_.size() - resting_points_ + coming);
    while (idle_.size() > allowed) {
        idle_.pop_front();
    }
}

/// A fork point has something to say.
void Dispatcher::on_control(job::JobId point) {
    const auto found = running_.find(point);
    CHECK(found != running_.end());
    Running& running = *found->second->running;
    const auto event = running.point->receive();
    if (!event) {
        return;
    }
    const auto* reached = std::get_if<container::ForkPoint::Reached>(&*event);
    if (reached == nullptr || running.resting) {
        running.control_readable.reset();  // it is ending: its slot says how
        return;
    }
    running.resting = true;
    running.timer.reset();
    ++resting_points_;
    // What it has written is in the pipes: it came here after that.
    JobOutput::Captured written = running.output.take();
    if (!running.cancelled) {
        listener_.on_fork_point(point, {.standard_output = std::move(written.out),
                                        .standard_error = std::move(written.err),
                                        .refusal = refusal_of(*reached, *found->second->plan)});
    }
    start_ready_jobs();
}

/// Idle lanes of a fork point that has ended; busy ones find out by themselves.
void Dispatcher::drop_lanes(job::JobId point) {
    std::erase_if(idle_, [&](const Process& process) { return process.point == point; });
}

void Dispatcher::on_slot_ready(Processes::iterator process) {
    while (auto event = process->slot->receive()) {
        if (!process->running) {
            idle_.erase(process);  // an idle slot has nothing to say but that it died
            return;
        }
        if (auto* terminal = std::get_if<container::TerminalOpened>(&*event)) {
            listener_.on_terminal(process->running->id, std::move(terminal->master));
            continue;
        }
        finish(process, std::move(*event));
        start_ready_jobs();
        return;
    }
}

void Dispatcher::on_timeout(job::JobId id) {
    const auto found = running_.find(id);
    CHECK(found != running_.end());
    Running& running = *found->second->running;
    running.timed_out = true;
    if (settings_.kill_grace.count() == 0 || running.terminated) {
        kill(id);
        return;
    }
    running.terminated = true;
    found->second->slot->kill(container::Kill::terminate);
    running.timer =
        loop_.at(sys::Loop::Clock::now() + settings_.kill_grace, [this, id] { on_timeout(id); });
}

/// Its event comes at once, or when nobody who counts is left, or when the slot is told that nobody
/// waits for others any longer.
void Dispatcher::kill(job::JobId id) {
    Process& process = *running_.at(id);
    process.slot->kill(container::Kill::now);
    process.running->timer = loop_.at(sys::Loop::Clock::now() + settings_.count_patience,
                                      [this, &process] { kill_at_once(process); });
}

void Dispatcher::kill_at_once(Process& process) {
    process.slot->kill(container::Kill::at_once);
    process.running->timer = loop_.at(sys::Loop::Clock::now() + settings_.kill_patience,
                                      [&process] { process.slot->give_up(); });
}

void Dispatcher::finish(Processes::iterator process, container::Event event) {
    Running& running = *process->running;
    const job::JobId id = running.id;
    const bool cancelled = running.cancelled;
    if (running.resting) {
        --resting_points_;
    }
    const bool was_point = running.point != nullptr;
    bool reusable = false;
    job::Result result;
    if (auto* ended = std::get_if<container::Ended>(&event)) {
        reusable = ended->reusable;
        job::Completed completed;
        completed.status = to_status(ended->status);
        const bool by_itself =
            std::holds_alternative<job::Exited>(completed.status) && !running.terminated;
        completed.usage = std::move(ended->usage);
        if (running.timed_out && !by_itself) {
            completed.status = job::TimedOut{*running.time_limit};
            // The limit counts from when it was given its slot, which takes a while to start it.
            completed.usage.duration =
                std::max<std::chrono::nanoseconds>(completed.usage.duration, *running.time_limit);
        }
        // All processes of the job are gone, so what the pipes hold now is all there will be.
        JobOutput::Captured written = running.output.take();
        completed.standard_output = std::move(written.out);
        completed.standard_error = std::move(written.err);
        if (running.held_back) {
            completed.held_back_output = running.held_back->output(settings_.inline_limit);
            completed.held_back_errors = running.held_back->errors(settings_.inline_limit);
        }
        if (completed.status != job::Status(job::Exited{0})) {
            const job::Output& out = completed.standard_output;
            const job::Output& err = completed.standard_error;
            container::name_refused_processes(completed.usage, process->plan->limits,
                                              {out.head, out.tail, err.head, err.tail});
        }
        result = std::move(completed);
    } else {
        auto& failed = std::get<container::NotStarted>(event);
        reusable = failed.reusable;
        result = std::move(failed.reason);
    }
    running_.erase(id);
    release(process, reusable);
    if (was_point) {
        drop_lanes(id);
    }
    if (!cancelled) {
        listener_.on_finished(id, std::move(result));
    }
}

void Dispatcher::release(Processes::iterator process, bool reusable) {
    process->running.reset();
    if (reusable) {
        idle_.splice(idle_.end(), busy_, process);
        give_up_idle_slots();
    } else {
        busy_.erase(process);
    }
}

}  // namespace maelstrom::worker
