#pragma once

#include "slot/container.hpp"

// One job's namespaces and the two processes that every job starts with. All three share the slot's
// memory:
//
//     slot ──clone──▶ reaper (process 1) ──clone──▶ program (process 2) ──▶ exec
//
// A cell is made before its job is known: the reaper mounts what is fresh for each job and waits at
// the socket for a request to run something. It starts the program, collects whoever dies in the
// namespace, kills what is left when the program has ended, answers the owner itself, and exits. It
// never execs. Its descriptors are its own and go with it when it is killed. So a job's way is
// owner, reaper, program, reaper, owner; the slot prepares the next cell meanwhile.

namespace maelstrom::slot {

/// What to start: from a Run request, offsets turned into pointers.
struct Job {
    const Run* run = nullptr;
    const char* pseudo_terminals = nullptr;
    const char* working_directory = nullptr;
    char** arguments = nullptr;  ///< one spare element in front, null at the end
    char** environment = nullptr;
    char** candidates = nullptr;
    std::uint32_t candidate_count = 0;
    int input = -1;  ///< or the terminal for all three
    int output = -1;
    int error = -1;
    int extra[most_extra_descriptors] = {-1, -1};
    int master = -1;  ///< of a terminal that is the job's own, for its owner
};

struct Cell {
    Container* container = nullptr;
    std::uint32_t place = 0;  ///< among the slot's cells
    long reaper = 0;          ///< process id in the slot's namespace; 0: none
    int pidfd = -1;

    Message message;  ///< the request to run a job
    Job job;
    std::uint64_t number = 0;  ///< of the job, 0 before there is one; atomic
    std::int64_t start = 0;
    Reply reply{};
    bool answered = false;

    alignas(16) char reaper_stack[32 * 1024];
    alignas(16) char program_stack[32 * 1024];
    alignas(8) char packet[packet_limit];
};

/// Starts the reaper; errors are in `cell.reply`, and `cell.reaper` is 0 then.
void open_cell(Cell& cell, Container& container, std::uint32_t place);
/// Kills all that lives in the cell. `close_cell` still has to collect it.
void kill_cell(const Cell& cell);
/// Sends a signal to the program alone; without one, kills the cell.
void signal_program(const Cell& cell, int signal);
/// Waits for the end of the cell, and answers the owner if the reaper did not come to it.
void close_cell(Cell& cell);
/// Takes the next request and refuses it for the reason that `cell.reply` gives.
void refuse_job(Cell& cell);

/// The program's side of the second clone; never returns.
void start_program(void* cell);

/// Notes where a job could not go on; returns false for convenience.
bool fail(Cell& cell, Step step, long result, std::uint32_t index = 0);
/// Likewise, if the result is one of failure.
inline bool checked(Cell& cell, Step step, long result, std::uint32_t index = 0) {
    return result >= 0 || fail(cell, step, result, index);
}

/// Mounts what is fresh for each job, and enters its root.
bool mount_all(Cell& cell);

}  // namespace maelstrom::slot
