#pragma once

#include <signal.h>

#include <cstdint>

// The program that has become a fork point, as it stands still.

namespace maelstrom::fork_point {

/// What it wants of its jobs.
struct Program {
    int control = -1;
    const int* outputs = nullptr;  ///< descriptors of its standard output, all of them
    std::uint32_t output_count = 0;
    const int* errors = nullptr;
    std::uint32_t error_count = 0;
    const int* private_files = nullptr;  ///< descriptors of empty files, each job's own
    std::uint32_t private_count = 0;
    const char* working_directory = nullptr;
};

/// The state of its own thread, which jobs go on with.
struct Standstill {
    void* return_point[5];  ///< for __builtin_longjmp
    std::uint64_t signals = 0;
    stack_t signal_stack{};
};

extern Program program;
extern Standstill standstill;

}  // namespace maelstrom::fork_point
