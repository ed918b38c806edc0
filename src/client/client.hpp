#pragma once

#include "job/execution.hpp"
#include "job/outcome.hpp"
#include "layer/project.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace maelstrom::client {

struct Settings {
    std::string project_directory;  ///< absolute; base of relative local paths
    std::string store_directory;    ///< the shared store (`<cache>/maelstrom/store/v1`)
    util::Bytes cache_size{1'000'000'000};
    unsigned slots = 1;
    util::Bytes inline_limit{1'000'000};
    std::chrono::seconds kill_grace{0};  ///< between SIGTERM and SIGKILL at a time limit
    /// What `$env{…}` sees; none: this process's own environment.
    std::optional<std::map<std::string, std::string>> environment;
    /// Makes the container named `host` when a job's parents first lead to it and nobody has
    /// defined it. Called by `submit`; a failure is that job's, and the next job tries again. May
    /// be empty.
    std::function<util::Result<job::Container>()> host_container;
    /// Told after the look at a project, on a thread of the client's. May be empty.
    std::function<void(const layer::ProjectSummary&)> on_project;
};

/// Beyond what a job specification can say.
struct Extras {
    std::optional<job::WindowSize> terminal;
    std::optional<job::CapturedRoot> capture;
    std::optional<util::Bytes> output_limit;
    /// The job writes there, and nothing is kept of it: its result is without output.
    std::optional<job::OutputDescriptors> output_to;
    bool holds_output_back = false;      ///< see job::Execution
    std::vector<std::string> variables;  ///< "KEY=VALUE" for this job alone
    /// When the specification came in, if that was before `submit`: what was seen of the disk since
    /// then need not be looked at again.
    std::optional<std::chrono::steady_clock::time_point> arrived;
    /// The host's own name inside; also so for every job that inherits from the container `host`.
    bool host_name = false;
    /// The program loads fork_point::library() and becomes a fork point. Its container has a
    /// directory `/.maelstrom`, and in `/.maelstrom/places` one (0, 1, …) for each
    /// job::FreshPlaceMount.
    bool fork_point = false;
    /// Has the job made by a fork point: of the job, only timeout, priority and estimate count.
    std::optional<job::Fork> fork;
};

enum class JobState { waiting_for_artifacts, pending, running };

struct StateChanged {
    job::JobId id;
    JobState state;
};
struct TerminalOpened {
    job::JobId id;
    sys::Fd master;
};
struct Finished {
    job::JobId id;
    job::Result result;
};
/// Jobs can be forked from this one now, until it has finished or is cancelled.
struct ForkPoint {
    job::JobId id;
    job::ForkPointReached reached;
};
using Event = std::variant<StateChanged, TerminalOpened, Finished, ForkPoint>;

/// Takes job specifications, prepares them (parents, environment, layers), has them executed and
/// reports. One a run; any thread may call it. Jobs are numbered from 0 in the order of `submit`;
/// each ends with exactly one `Finished`, unless cancelled.
///
/// Nothing here limits how many jobs wait: who submits faster than `next` delivers bounds the
/// number of unfinished ones. Per job that is a few hundred bytes and at most three events.
///
/// What is read from disk for a layer (but for a project, of which one snapshot is taken) is looked
/// at again for a job that is submitted while no other is unfinished; while others are, a look
/// that is younger than ten times its cost, and than a second, serves it too.
class Client {
public:
    static util::Result<std::unique_ptr<Client>> start(const Settings& settings);
    virtual ~Client() = default;  // kills what still runs

    /// Registers a named container; seen by the jobs submitted after it. Replaces one of the same
    /// name.
    virtual void define(const std::string& name, job::Container container) = 0;
    /// Jobs submitted after it see everything on disk as it is by then, projects included.
    virtual void look_again() = 0;
    /// Never waits for layers; failures to prepare arrive as a `Finished` event with
    /// `NotRun::preparation`.
    virtual job::JobId submit(job::Job job, Extras extras = {}) = 0;
    /// No event follows for that job.
    virtual void cancel(job::JobId id) = 0;

    /// The next event, waiting for it; none at the deadline.
    virtual std::optional<Event> next(std::chrono::steady_clock::time_point deadline) = 0;
    /// Has `next` come back with none as soon as it has no event to hand out, from a
    /// signal-watching thread for example: the call that waits, or else the next one that would.
    /// Interrupts before that count once.
    virtual void interrupt() = 0;
};

}  // namespace maelstrom::client
