#pragma once

#include "container/cgroup.hpp"
#include "container/launch.hpp"
#include "container/plan.hpp"
#include "job/outcome.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"

#include <array>
#include <memory>
#include <optional>
#include <variant>

// A slot is a process that has prepared a container and runs one job in it at a time. Its life, as
// its owner sees it:
//
//     start ──▶ run ──▶ [TerminalOpened] ──▶ Ended | NotStarted ──▶ run … ──▶ destructor
//
// `run` may be called right after `start`: the slot works requests off in order, and a container
// that cannot be built is reported in place of the job's result. Everything is driven from one
// thread: wait until `descriptor()` is readable, then call `receive()` until it returns nothing.
// That thread must outlive the slot: Linux kills the slot with it.

namespace maelstrom::container {

/// What a job is connected to: where its standard output and error go, open for writing.
struct Streams {
    sys::Fd out;
    sys::Fd err;
    sys::Fd control;  ///< of a fork point; none for other jobs
    /// For what the program holds back of its output and of its errors. Both or none; not with
    /// `control`.
    std::array<sys::Fd, 2> held_back;
};

/// A fresh pair of pipes: the job gets `streams`, the caller reads the other ends (non-blocking).
struct OutputPipes {
    Streams streams;
    sys::Fd out;
    sys::Fd err;

    static util::Result<OutputPipes> open();
};

/// The job asked for a terminal: its master side. The program has started.
struct TerminalOpened {
    sys::Fd master;
};

/// The program ran and has ended, and so has everything that it started.
struct Ended {
    std::variant<job::Exited, job::Signaled, job::OutOfMemory> status;
    job::Usage usage;
    /// False if something of the job is left that only a new slot gets rid of (a socket that has
    /// not closed yet). Drop the slot then.
    bool reusable = true;
};

/// The program was not started. The slot stays usable unless `reusable` is false.
struct NotStarted {
    job::NotRun reason;
    bool reusable = true;
};

using Event = std::variant<TerminalOpened, Ended, NotStarted>;

enum class Kill {
    now,        ///< SIGKILL to its program, then to all others; what they have used is counted
    at_once,    ///< SIGKILL to all, uncounted: nobody of the job can hold that up
    terminate,  ///< SIGTERM to its program only
};

/// One slot; dies, with everything in it, when this object goes away.
class Slot {
public:
    virtual ~Slot() = default;

    /// Starts a job; the one before must have ended. With a terminal, `streams` stay empty.
    virtual util::Result<void> run(const Launch& launch, Streams streams) = 0;
    /// Does nothing if no job runs (any more). Its event still comes.
    virtual void kill(Kill how) = 0;
    /// For a job that was killed a while ago: whoever should say that it has ended does not. Its
    /// event comes at once, if the slot depends on others for it.
    virtual void give_up() {}
    /// What has happened since; none yet if nothing. Never blocks. A slot that died from outside
    /// gives `NotStarted` (system, not reusable) for the job it had.
    virtual std::optional<Event> receive() = 0;

    /// Readable when `receive()` has something to say. Valid for the life of the slot.
    virtual int descriptor() const = 0;
};

/// Makes slots. The seam between the job queue and Linux.
class SlotMaker {
public:
    virtual ~SlotMaker() = default;
    /// Returns as soon as the slot's process exists; it prepares the container meanwhile. An error
    /// that kind `invalid` has is the fault of the job's author, every other is ours.
    virtual util::Result<std::unique_ptr<Slot>> start(const Plan& plan) = 0;
    /// For jobs that a fork point of that plan makes, one at a time: the group that holds their
    /// limits. None if there are no such limits, or resource limits hold them.
    virtual util::Result<std::optional<Cgroup>> lane_group(const Plan& /*plan*/) {
        return std::nullopt;
    }
};

}  // namespace maelstrom::container
