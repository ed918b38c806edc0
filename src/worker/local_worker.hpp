#pragma once

#include "job/execution.hpp"
#include "job/outcome.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"

#include <chrono>
#include <memory>

namespace maelstrom::store {
class Store;
}

namespace maelstrom::worker {

struct Settings {
    unsigned slots = 1;                   ///< jobs executed at once, 1…1000
    util::Bytes inline_limit{1'000'000};  ///< kept bytes of each output stream
    /// At a time limit SIGTERM comes first, and SIGKILL so long after it.
    std::chrono::milliseconds kill_grace{0};
    /// How long a killed job's first process has to collect the others, and to count what all have
    /// used, before it is killed, too.
    std::chrono::milliseconds count_patience{1000};
    /// How long, after that, a killed job's end is waited for where a program of its author has to
    /// say it.
    std::chrono::milliseconds kill_patience{5000};
};

/// What the worker tells its client. All calls come from the worker's own thread, in order for each
/// job, and must not block.
class Listener {
public:
    virtual ~Listener() = default;
    virtual void on_started(job::JobId id) = 0;
    /// Only for jobs on a terminal: the master side of their pseudo-terminal, before the program
    /// starts.
    virtual void on_terminal(job::JobId id, sys::Fd master) = 0;
    virtual void on_finished(job::JobId id, job::Result result) = 0;
    /// The job takes no place among those that run at once from now on, until it ends or is
    /// cancelled.
    virtual void on_fork_point(job::JobId id, job::ForkPointReached reached) = 0;
    /// The job was not started: its layers are not whole in the store (any more). It comes back, to
    /// be submitted again when they are; `reason` says what is missing.
    virtual void on_layers_missing(job::JobId id, job::Execution execution, std::string reason) = 0;
};

/// Runs jobs on this machine, `slots` at once, each in its own container. Everything dies with this
/// process.
class LocalWorker {
public:
    /// Probes the machine first: what it forbids comes back as one sentence with the cure, and so
    /// do too few descriptors. Starts one thread.
    static util::Result<std::unique_ptr<LocalWorker>>
    start(const Settings& settings, store::Store& store, Listener& listener);

    virtual ~LocalWorker() = default;  // kills what still runs, joins the threads

    /// Queues a job: higher priority first, then longer estimate (unknown counts as longest), then
    /// first in first out. The layers must be in the store. Any thread.
    virtual void submit(job::JobId id, job::Execution execution) = 0;
    /// Kills the job or drops it from the queue; it gets no result. Any thread.
    virtual void cancel(job::JobId id) = 0;
    /// Begins to kill what still runs, and drops what is submitted from now on. Any thread.
    virtual void close() = 0;
};

}  // namespace maelstrom::worker
