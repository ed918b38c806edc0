#pragma once

#include "util/bytes.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// How a job ended. These are values, never errors of ours.

namespace maelstrom::job {

/// One captured stream: all of it, or its head and its tail with so many bytes dropped between
/// them.
struct Output {
    std::string head;
    std::string tail;           ///< empty unless something was dropped
    std::uint64_t dropped = 0;  ///< bytes between head and tail
};

struct Exited {
    int code = 0;  ///< 0…255
    bool operator==(const Exited&) const = default;
};
struct Signaled {
    int signal = 0;  ///< 1…64
    bool operator==(const Signaled&) const = default;
};
struct TimedOut {
    std::chrono::seconds limit{};
    bool operator==(const TimedOut&) const = default;
};
struct OutOfMemory {
    util::Bytes limit;
    bool operator==(const OutOfMemory&) const = default;
};
using Status = std::variant<Exited, Signaled, TimedOut, OutOfMemory>;

/// What the job used. Absent where this machine cannot tell.
struct Usage {
    std::chrono::nanoseconds duration{};  ///< from just before the start to the end of the program
    std::chrono::microseconds cpu_user{};
    std::chrono::microseconds cpu_system{};
    std::optional<util::Bytes> peak_memory;
    std::optional<std::chrono::microseconds> cpu_throttled;
    std::vector<std::string> limits_reached;           ///< field names of `limits`
    std::vector<std::string> limits_probably_reached;  ///< inferred from how the job ended
    bool limited_by_cgroup =
        false;  ///< which means were in force: cgroup v2, or rlimits and tmpfs sizes
};

struct Completed {
    Status status;
    Output standard_output;
    Output standard_error;
    Usage usage;
    /// What was still in the files that Execution::holds_output_back describes; empty without them.
    Output held_back_output;
    Output held_back_errors;
};

/// The job could not run. Execution: its author must change something. System: the infrastructure
/// failed. Preparation: specification, parents, environment or layers were wrong, nothing was
/// started.
struct NotRun {
    enum class Kind { preparation, execution, system };
    Kind kind = Kind::system;
    std::string message;  ///< the whole chain of causes
};

using Result = std::variant<Completed, NotRun>;

/// A program has come to the point where it makes further jobs by forking itself.
struct ForkPointReached {
    Output standard_output;  ///< of the program, so far; what follows is its own
    Output standard_error;
    std::optional<std::string> refusal;  ///< why no job can be forked here; none: it works
};

}  // namespace maelstrom::job
