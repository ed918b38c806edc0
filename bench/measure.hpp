#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// Timing by interleaving: every round runs every case once, so that a noisy moment hits all of them
// alike, and medians are compared.

namespace maelstrom::bench {

/// A program with its arguments; `argv[0]` is the path.
struct Command {
    std::vector<std::string> argv;
    std::string directory;  ///< where it runs; empty: here
};

/// How a command ended and what it took.
struct Finished {
    bool succeeded = false;
    double seconds = 0;
    std::uint64_t peak_memory =
        0;  ///< bytes, of the process or the largest of its waited-for children
};

/// Starts the command with the cheapest means there are (see bare_spawn.hpp) and waits for it. Its
/// output is ours.
Finished run(const Command& command);

/// One thing to be timed.
struct Case {
    std::string name;
    std::function<bool()> once;   ///< false: it failed, and its times mean nothing
    unsigned repeat = 1;          ///< runs in each round, for what takes microseconds
    std::vector<double> seconds;  ///< filled in by `interleave`
    bool failed = false;
};

/// Runs every case for so many rounds, after one round to warm up; a case that fails is left out
/// from then on.
void interleave(std::vector<Case>& cases, unsigned rounds);

/// The middle of the samples; 0 without any.
double median(std::vector<double> samples);

/// Bare spawns of the tiny program at `path` per second, from one process per core, `total` in all.
double sustained_bare_rate(const std::string& path, unsigned total);

}  // namespace maelstrom::bench
