#pragma once

#include "job/spec.hpp"
#include "util/digest.hpp"

#include <memory>

// What a worker gets: nothing optional, no parents, layers as digests (the specification's "worker
// shape").

namespace maelstrom::job {

enum class JobId : std::uint32_t {};

/// The root stays as the layers made it, or gets a private overlay that vanishes, or one whose
/// changes are kept.
struct ReadOnlyRoot {
    auto operator<=>(const ReadOnlyRoot&) const = default;
};
struct WritableRoot {
    auto operator<=>(const WritableRoot&) const = default;
};
struct CapturedRoot {
    std::string upper;  ///< existing directories of the host, on one file system
    std::string work;
    auto operator<=>(const CapturedRoot&) const = default;
};
using Root = std::variant<ReadOnlyRoot, WritableRoot, CapturedRoot>;

/// A finished container. Jobs that share one value (the same pointer) are sure to share slots.
struct Environment {
    std::vector<util::Digest> layers;  ///< bottom first, never empty
    Root root;
    std::vector<Mount> mounts;  ///< bind sources absolute
    Network network = Network::disabled;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    Capabilities capabilities = Capabilities::none;
    std::string working_directory = "/";
    std::vector<std::string> variables;  ///< "KEY=VALUE", sorted by key
    Limits limits;
    /// The host's own name inside, as for the host container; otherwise a fixed one.
    bool host_name = false;
    /// The program makes further jobs by forking itself: see fork_point/wire.hpp.
    bool fork_point = false;
    auto operator<=>(const Environment&) const = default;
};

/// Rows and columns of the terminal that a job is started on.
struct WindowSize {
    std::uint16_t rows = 24;
    std::uint16_t columns = 80;
};

/// A job that a fork point makes, in a container like its own but fresh.
struct Fork {
    JobId point;
    std::string task;  ///< bytes, for the point's program to understand
};

/// Where a job's output goes instead of being kept. Borrowed: they stay open until it has ended.
struct OutputDescriptors {
    int out = -1;
    int err = -1;
};

struct Execution {
    /// Says who is to make the job; environment, program and arguments mean nothing then.
    std::optional<Fork> fork;
    std::shared_ptr<const Environment>
        environment;  ///< shared by all jobs of one container, immutable
    std::string program;
    std::vector<std::string> arguments;
    /// Added to the environment's variables for this job alone ("KEY=VALUE"); a later one of the
    /// same key wins.
    std::vector<std::string> extra_variables;
    std::optional<std::chrono::seconds> timeout;
    std::int8_t priority = 0;
    std::optional<std::chrono::nanoseconds> estimated_duration;
    std::optional<WindowSize> terminal;
    /// Kept bytes of each output stream; none: the worker's setting.
    std::optional<util::Bytes> output_limit;
    std::optional<OutputDescriptors> output_to;
    /// The program holds output back until something is over, as pytest does while a test runs. It
    /// gets two files in memory to do so, for output and errors: see worker/held_back.hpp. Means
    /// nothing with a terminal or `output_to`.
    bool holds_output_back = false;
};

}  // namespace maelstrom::job
