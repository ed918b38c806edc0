#pragma once

#include <cstddef>
#include <cstdint>

// Processes that share the point's memory, and how they wait for one another.

namespace maelstrom::fork_point {

/// A word that one process sets and another waits for, in memory that they share.
struct Flag {
    std::uint32_t value = 0;  ///< a futex(2)
};

void set(Flag& flag, std::uint32_t value = 1);
void clear(Flag& flag);
std::uint32_t get(const Flag& flag);
/// Waits until it is set, and returns the value.
std::uint32_t await(const Flag& flag);

/// A child of the point with a stack of its own.
struct Process {
    long id = 0;  ///< 0: none
    int pidfd = -1;
    void* stack = nullptr;  ///< stays for the next
};

inline constexpr std::size_t stack_size = std::size_t{64} * 1024;

/// Makes sure that there is a stack, with a page below it that nobody can write to.
bool provide_stack(Process& process);
/// Waits until the flag is set, and returns the value; 0 if the process ends before.
std::uint32_t await(const Flag& flag, const Process& process);
void kill(const Process& process);
/// Waits for its end and returns its status, as wait4(2) does.
int collect(Process& process);

}  // namespace maelstrom::fork_point
