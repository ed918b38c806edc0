#pragma once

#include "job/execution.hpp"
#include "job/outcome.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"

#include <memory>
#include <string>
#include <variant>

namespace maelstrom::client {

struct Settings {
    std::string project_directory;  ///< absolute; base of relative local paths
    std::string store_directory;    ///< the shared store (`<cache>/maelstrom/store/v1`)
    util::Bytes cache_size{1'000'000'000};
    unsigned slots = 1;
    util::Bytes inline_limit{1'000'000};
};

/// Beyond what a job specification can say.
struct Extras {
    std::optional<job::WindowSize> terminal;
    std::optional<job::CapturedRoot> capture;
    std::optional<util::Bytes> output_limit;
    std::vector<std::string> variables;  ///< "KEY=VALUE" for this job alone
    bool host_name = false;
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
using Event = std::variant<StateChanged, TerminalOpened, Finished>;

/// Takes job specifications, prepares them (parents, environment, layers), has them executed and
/// reports. One a run. Jobs are numbered from 0 in the order of `submit`; each ends with exactly
/// one `Finished`, unless cancelled.
class Client {
public:
    static util::Result<std::unique_ptr<Client>> start(const Settings& settings);
    virtual ~Client() = default;  // kills what still runs

    /// Registers a named container; seen by the jobs submitted after it. Replaces one of the same
    /// name.
    virtual void define(const std::string& name, job::Container container) = 0;
    /// Never blocks for long; failures to prepare arrive as a `Finished` event with
    /// `NotRun::preparation`.
    virtual job::JobId submit(job::Job job, Extras extras = {}) = 0;
    /// No event follows for that job.
    virtual void cancel(job::JobId id) = 0;

    /// The next event, waiting for it; none at the deadline.
    virtual std::optional<Event> next(std::chrono::steady_clock::time_point deadline) = 0;
    /// Wakes `next` early with none, from a signal-watching thread for example.
    virtual void interrupt() = 0;
};

}  // namespace maelstrom::client
