#pragma once

#include "container/fork_point.hpp"
#include "container/plan.hpp"
#include "container/slot.hpp"
#include "job/execution.hpp"
#include "sys/loop.hpp"
#include "worker/capture.hpp"
#include "worker/local_worker.hpp"
#include "worker/queue.hpp"

#include <array>
#include <list>
#include <memory>
#include <unordered_map>

namespace maelstrom::worker {

/// Decides which job runs in which slot and follows it to its end. Lives on the loop's thread.
///
///     ready job ─▶ idle slot of its plan, or a new one ─▶ running ─▶ ended ─▶ result, slot idle
///     again
///
/// At most `settings.slots` jobs run; fork points that only wait for jobs to make do not count.
/// Idle slots are kept for the next job of the same plan and given up, least recently used first,
/// when there are more than twice as many processes as slots.
class Dispatcher {
public:
    Dispatcher(const Settings& settings,
               sys::Loop& loop,
               container::SlotMaker& slot_maker,
               Listener& listener);
    ~Dispatcher();

    /// A job whose container is known; or one to be forked, which needs none.
    void
    enqueue(job::JobId id, job::Execution execution, std::shared_ptr<const container::Plan> plan);
    /// Drops a waiting job or kills a running one; its result is not announced. False if there is
    /// no such job.
    bool cancel(job::JobId id);

private:
    struct Process;
    struct Running;
    using Processes = std::list<Process>;

    void start_ready_jobs();
    void start(Queue::Waiting job, const std::shared_ptr<const container::Plan>& plan);
    util::Result<Processes::iterator> acquire(const std::shared_ptr<const container::Plan>& plan);
    util::Result<Processes::iterator> acquire_lane(job::JobId point);
    util::Result<Processes::iterator> add(Process process);
    util::Result<void> connect(Processes::iterator process,
                               const container::Launch& launch,
                               const job::Execution& execution);
    std::size_t running_jobs() const { return running_.size() - resting_points_; }
    void on_control(job::JobId point);
    void drop_lanes(job::JobId point);
    void give_up_idle_slots(std::size_t coming = 0);
    void on_slot_ready(Processes::iterator process);
    void on_timeout(job::JobId id);
    void kill(job::JobId id);
    void kill_at_once(Process& process);
    void finish(Processes::iterator process, container::Event event);
    void release(Processes::iterator process, bool reusable);

    const Settings settings_;
    sys::Loop& loop_;
    container::SlotMaker& slot_maker_;
    Listener& listener_;

    Queue queue_;
    std::unordered_map<job::JobId, std::shared_ptr<const container::Plan>>
        plans_;       // of the jobs in queue_
    Processes idle_;  // least recently used first
    Processes busy_;
    std::unordered_map<job::JobId, Processes::iterator> running_;
    std::size_t resting_points_ = 0;  ///< of those in running_, fork points that wait
    /// Captures copy what they keep. Not of the thread: each thread would begin by clearing its
    /// own.
    std::array<char, 64 * 1024> read_buffer_;
};

}  // namespace maelstrom::worker
