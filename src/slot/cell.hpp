#pragma once

#include "slot/container.hpp"

// One job's namespaces and the two processes that every job starts with. All three share the slot's
// memory:
//
//     slot ──clone──▶ reaper (process 1) ──clone, as by vfork──▶ program (process 2) ──▶ exec
//
// The reaper mounts what is fresh for each job and waits for `go`; so a cell can be made before its
// job is known. Then it starts the program, collects whoever dies in the namespace, and exits after
// the program, upon which Linux kills what is left. It never execs. It shares the slot's descriptor
// table as well, the program has a copy.

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
};

struct Cell {
    Container* container = nullptr;
    long reaper = 0;  ///< process id in the slot's namespace; 0: no cell
    int pidfd = -1;

    std::uint32_t go = 0;  ///< futex; 1 once `job` is filled
    Job job;

    Reply reply{};          ///< of the reaper; `step` set if something failed
    bool finished = false;  ///< the reply tells how the program ended

    alignas(16) char reaper_stack[32 * 1024];
    alignas(16) char program_stack[32 * 1024];
};

/// Starts the reaper; errors are in `cell.reply`, and `cell.reaper` is 0 then.
void open_cell(Cell& cell, Container& container);
/// Fills in the job and lets the reaper go on.
void start_job(Cell& cell, const Job& job);
/// Kills all that lives in the cell. `close_cell` still has to collect it.
void kill_cell(const Cell& cell);
/// Sends SIGTERM to the program alone.
void terminate_program(const Cell& cell);
/// Waits for the end of the cell and completes its reply.
void close_cell(Cell& cell);

/// The program's side of the second clone; never returns.
void start_program(void* cell);

/// Notes where a job could not go on; returns false for convenience.
bool fail(Cell& cell, Step step, long result, std::uint32_t index = 0);

}  // namespace maelstrom::slot
