#pragma once

#include "client/client.hpp"

namespace maelstrom::client {

/// What executors tell the client: in order for each job, from any thread, at most one call at a
/// time for one job. Nothing here blocks.
class ExecutorListener {
public:
    virtual ~ExecutorListener() = default;
    virtual void on_state(job::JobId id, JobState state) = 0;
    virtual void on_terminal(job::JobId id, sys::Fd master) = 0;
    virtual void on_finished(job::JobId id, job::Result result) = 0;
    virtual void on_fork_point(job::JobId id, job::ForkPointReached reached) = 0;
    /// The job was not started: its layers are not whole in the store (any more).
    virtual void on_layers_missing(job::JobId id, job::Execution execution, std::string reason) = 0;
};

/// Where prepared jobs go: the local worker, a broker, somebody else's engine. Dies with everything
/// that it has started.
class Executor {
public:
    virtual ~Executor() = default;
    /// Any thread; does not wait. The layers are in the store.
    virtual void submit(job::JobId id, job::Execution execution) = 0;
    /// The job gets no result. Any thread.
    virtual void cancel(job::JobId id) = 0;
    /// Begins to end what runs, and drops what is submitted from now on. Does not wait, the
    /// destructor does. Any thread.
    virtual void close() = 0;
};

}  // namespace maelstrom::client
