#pragma once

#include "util/bytes.hpp"
#include "util/error.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace maelstrom::sys {

/// A program of the host to run to its end, outside any container.
struct Command {
    std::string program;                   ///< path; PATH is not searched
    std::vector<std::string> arguments;    ///< without argv[0]
    std::vector<std::string> environment;  ///< "KEY=VALUE", complete
    std::string directory;                 ///< absolute
    std::chrono::milliseconds time_limit{30'000};
    util::Bytes output_limit{16'000'000};  ///< of each stream; what is more is dropped
};

struct CommandResult {
    int status = 0;  ///< as wait(2) gives it
    std::string output;
    std::string errors;
};

/// Runs it with empty standard input, default signals and a process group of its own. Waits for its
/// end, not for what it may leave in the background. Too slow is an `unavailable` error; the group
/// is killed then. Never forks: the cost does not depend on the size of this process.
util::Result<CommandResult> run_command(const Command& command);

}  // namespace maelstrom::sys
