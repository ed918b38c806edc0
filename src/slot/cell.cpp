#include "slot/cell.hpp"

#include "slot/kernel.hpp"
#include "slot/mounting.hpp"
#include "slot/remove_tree.hpp"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>

#include <initializer_list>

namespace maelstrom::slot {

namespace {

[[noreturn]] void leave(int status) {
    for (;;) {
        call(SYS_exit_group, status);
    }
}

// ----------------------------------------------------------------------------------------------------
// the reaper

/// Standard input: a pipe at end of file, never shared with another job.
bool make_input(Cell& cell) {
    int ends[2];
    if (!checked(cell, Step::input, call(SYS_pipe2, ends, O_CLOEXEC))) {
        return false;
    }
    call(SYS_close, ends[1]);
    cell.job.input = ends[0];
    return true;
}

/// A terminal from the job's own devpts, so that it has a name inside.
bool open_terminal(Cell& cell) {
    Job& job = cell.job;
    char path[4200];
    if (job.pseudo_terminals == nullptr || strlen(job.pseudo_terminals) > 4096) {
        return fail(cell, Step::terminal, -EBADMSG);
    }
    append(append(path, job.pseudo_terminals), "/ptmx");
    const long master = call(SYS_open, path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (!checked(cell, Step::terminal, master)) {
        return false;
    }
    int unlocked = 0;
    winsize size{};
    size.ws_row = job.run->rows;
    size.ws_col = job.run->columns;
    call(SYS_ioctl, master, TIOCSPTLCK, &unlocked);
    call(SYS_ioctl, master, TIOCSWINSZ, &size);
    const long slave = call(SYS_ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    job.master = static_cast<int>(master);
    job.input = static_cast<int>(slave);
    return checked(cell, Step::terminal, slave);
}

/// The program has its terminal and runs.
void announce_terminal(const Job& job) {
    Reply reply{};
    reply.answer = Answer::terminal;
    send(reply, job.master);
}

bool open_streams(Cell& cell) {
    switch (cell.job.run->terminal) {
    case Terminal::none:
        return make_input(cell);
    case Terminal::own:
        return open_terminal(cell);
    case Terminal::given:
        break;
    }
    return true;
}

void close_streams(Job& job) {
    for (int* stream :
         {&job.input, &job.output, &job.error, &job.extra[0], &job.extra[1], &job.master}) {
        if (*stream >= 0) {
            call(SYS_close, *stream);
            *stream = -1;
        }
    }
}

std::uint64_t program_namespaces(const Container& container) {
    if (container.plan->all_capabilities == 0) {
        return 0;
    }
    // Made after the mounts, so that all of them are locked for the job.
    return CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS |
           (container.plan->net == Net::local ? 0 : CLONE_NEWNET);
}

long clone_program(Cell& cell) {
    clone_args how{};
    how.flags = CLONE_VM | CLONE_VFORK | program_namespaces(*cell.container);
    how.exit_signal = SIGCHLD;
    how.stack = reinterpret_cast<std::uint64_t>(cell.program_stack);
    how.stack_size = sizeof cell.program_stack;
    return clone_and_enter(how, start_program, &cell);
}

void answer(Cell& cell) {
    cell.reply.number = cell.number;
    cell.reply.end.wall_nanoseconds = now() - cell.start;
    cell.reply.remains = has_sockets(*cell.container) ? 1 : 0;
    cell.answered = send(cell.reply);
}

/// Whether the owner has changed its mind since. The slot stores the number before it looks at
/// ours, and we do the opposite: one of the two notices.
bool is_killed(Cell& cell) {
    __atomic_store_n(&cell.number, cell.job.run->number, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&cell.container->killed, __ATOMIC_SEQ_CST) != cell.number) {
        return false;
    }
    cell.reply.answer = Answer::ended;
    cell.reply.end.wait_status = SIGKILL;
    return true;
}

/// Turns offsets into pointers in place; the element after the last becomes null.
char** strings(const Message& message, Array array, std::uint32_t first = 0) {
    auto* elements = message.elements<std::uint64_t>(Array{array.offset, array.count + 1});
    if (elements == nullptr || array.count >= message_limit) {
        return nullptr;
    }
    auto** pointers = reinterpret_cast<char**>(elements);
    for (std::uint32_t i = first; i < array.count; ++i) {
        if (elements[i] == 0 || elements[i] >= message.size) {
            return nullptr;
        }
        pointers[i] = message.bytes + elements[i];
    }
    pointers[array.count] = nullptr;
    return pointers;
}

/// Zero or a negative errno. The job has its number as soon as that is known.
long read_job(Message& message, Job& job) {
    if (message.header().request != Request::run || message.size < sizeof(Run)) {
        return -EBADMSG;
    }
    const auto* run = reinterpret_cast<const Run*>(message.bytes);
    job.run = run;
    if (message.error != 0) {
        return message.error;
    }
    job.pseudo_terminals = message.text(run->pseudo_terminals);
    job.working_directory = message.text(run->working_directory);
    job.arguments = strings(message, run->arguments, 1);  // the first is spare
    job.environment = strings(message, run->environment);
    job.candidates = strings(message, run->candidates);
    job.candidate_count = run->candidates.count;
    const bool given = run->terminal == Terminal::given;
    (given ? job.input : job.output) = message.descriptors[0];
    job.error = message.descriptors[1];
    job.extra[0] = message.descriptors[2];
    job.extra[1] = message.descriptors[3];
    for (int& descriptor : message.descriptors) {
        descriptor = -1;
    }
    const bool streams = run->terminal == Terminal::own ||
                         (given ? job.input >= 0 : job.output >= 0 && job.error >= 0);
    const bool good = job.arguments != nullptr && job.environment != nullptr &&
                      job.candidates != nullptr && run->arguments.count >= 2 && streams;
    return good ? 0 : -EBADMSG;
}

/// Waits for a request to run a job. False: it is not worth starting, or there is no owner any
/// more.
bool await_job(Cell& cell) {
    Received received = Received::nonsense;
    while (received == Received::nonsense) {
        received = receive(control_descriptor, cell.packet, cell.message);
    }
    if (received == Received::end) {
        leave(0);
    }
    cell.start = now();
    const Reply before = cell.reply;  // what failed while the cell was being prepared
    checked(cell, Step::message, read_job(cell.message, cell.job));
    if (cell.job.run != nullptr && is_killed(cell)) {
        return false;
    }
    if (before.step != Step::none) {
        cell.reply = before;
    }
    return cell.reply.step == Step::none;
}

bool run_job(Cell& cell) {
    if (!open_streams(cell)) {
        return false;
    }
    const long program = clone_program(cell);
    if (program >= 0 && cell.reply.step == Step::none && cell.job.run->terminal != Terminal::none) {
        announce_terminal(cell.job);
    }
    // The program has its own copies; ours would keep the owner from seeing the end of its output.
    close_streams(cell.job);
    if (!checked(cell, Step::clone_program, program)) {
        return false;
    }
    JobEnd end;
    wait_for_program(program, end);
    kill_the_rest(end);
    if (cell.reply.step == Step::none) {  // else it was still ours and had no success
        cell.reply.answer = Answer::ended;
        cell.reply.end = end;
    }
    return true;
}

void reap(void* argument) {
    Cell& cell = *static_cast<Cell*>(argument);
    // A captured root starts from what its owner has put there by then.
    const bool ahead = cell.container->plan->root_mode != RootMode::captured;
    if (ahead) {
        mount_all(cell);
    }
    if (await_job(cell) && (ahead || mount_all(cell))) {
        run_job(cell);
    }
    close_streams(cell.job);
    answer(cell);
    leave(0);
}

}  // namespace

bool fail(Cell& cell, Step step, long result, std::uint32_t index) {
    cell.reply.answer = Answer::not_started;
    cell.reply.step = step;
    cell.reply.error = static_cast<std::int32_t>(-result);
    cell.reply.index = index;
    return false;
}

void open_cell(Cell& cell, Container& container, std::uint32_t place) {
    cell.container = &container;
    cell.place = place;
    cell.reply = Reply{};
    cell.answered = false;
    cell.number = 0;
    cell.job = Job{};
    clone_args how{};
    // Not CLONE_FILES: who closes a descriptor of a shared table and is killed before having noted
    // it leaves a number that is somebody else's the next moment.
    how.flags = CLONE_VM | CLONE_PIDFD | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC;
    how.pidfd = reinterpret_cast<std::uint64_t>(&cell.pidfd);
    how.exit_signal = SIGCHLD;
    how.stack = reinterpret_cast<std::uint64_t>(cell.reaper_stack);
    how.stack_size = sizeof cell.reaper_stack;
    cell.reaper = clone_and_enter(how, reap, &cell);
    if (!checked(cell, Step::clone_reaper, cell.reaper)) {
        cell.reaper = 0;
    }
}

void kill_cell(const Cell& cell) {
    call(SYS_pidfd_send_signal, cell.pidfd, SIGKILL, nullptr, 0);
}

void signal_program(const Cell& cell, int signal) {
    // Its number in our namespace is known to nobody but /proc. It was the reaper's first child; a
    // stale number could only hit another process of the same job.
    char path[96];
    char* end = append(append(path, "proc/"), static_cast<std::uint64_t>(cell.reaper));
    end = append(append(end, "/task/"), static_cast<std::uint64_t>(cell.reaper));
    append(end, "/children");
    const long file = call(SYS_openat, cell.container->ground, path, O_RDONLY | O_CLOEXEC);
    char text[32] = {};
    const long length = file < 0 ? file : call(SYS_read, file, text, sizeof text - 1);
    call(SYS_close, file);
    long program = 0;
    for (const char* digit = text; *digit >= '0' && *digit <= '9'; ++digit) {
        program = program * 10 + (*digit - '0');
    }
    if (length <= 0 || program <= 1 || call(SYS_kill, program, signal) < 0) {
        kill_cell(cell);
    }
}

void close_cell(Cell& cell) {
    rusage usage{};
    long who = 0;
    do {
        who = call(SYS_wait4, cell.reaper, nullptr, __WALL, &usage);
    } while (who == -EINTR);
    call(SYS_close, cell.pidfd);
    cell.pidfd = -1;
    cell.reaper = 0;
    // Its descriptors have gone with it: the numbers in the job and the message mean nothing here.
    cell.job.input = cell.job.output = cell.job.error = cell.job.master = -1;
    cell.job.extra[0] = cell.job.extra[1] = -1;
    if (!cell.answered && cell.number != 0) {
        if (cell.reply.step == Step::none) {
            cell.reply.answer = Answer::ended;
            cell.reply.end.wait_status = SIGKILL;
            note_usage(usage, cell.reply.end);
            cell.reply.end.peak_kibibytes = 0;  // its own: nobody has counted the job's
        }
        answer(cell);
    }
    for (int& descriptor : cell.message.descriptors) {
        descriptor = -1;
    }
    release(cell.message);
}

void refuse_job(Cell& cell) {
    const Reply reason = cell.reply;
    switch (receive(control_descriptor, cell.packet, cell.message)) {
    case Received::end:
        leave(0);
    case Received::nonsense:
        return;
    case Received::message:
        break;
    }
    cell.start = now();
    read_job(cell.message, cell.job);
    if (cell.job.run != nullptr) {
        cell.number = cell.job.run->number;
    }
    cell.reply = reason;
    answer(cell);
    close_streams(cell.job);
    release(cell.message);
}

}  // namespace maelstrom::slot
