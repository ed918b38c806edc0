// The slot program: process 1 of its own namespaces. It builds one container, then runs jobs in it,
// one after the other, until its owner closes the socket or dies. Static, single-threaded, and
// without allocation, so that its children can share its memory.

#include "slot/cell.hpp"
#include "slot/kernel.hpp"
#include "slot/message.hpp"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace maelstrom::slot {

namespace {

alignas(8) char set_up_packet[packet_limit];
alignas(8) char kill_packet[packet_limit];
Container container;
// Two are enough to hide the making of a cell behind the job in another. The end of one takes
// longer than a short job: Linux waits until all processors have let go of its mounts. With eight,
// two slots on two processors do twice the jobs per second (docs/decisions/002-slots.md).
constexpr int cell_count = 8;
constexpr std::int64_t short_job_nanoseconds = 20'000'000;
Cell cells[cell_count];

/// What we inherited from the owner and jobs must not.
void become_plain() {
    call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    call(SYS_setsid);
    const long null = call(SYS_open, "/dev/null", O_RDWR | O_CLOEXEC);
    for (int stream = 0; stream < 3 && null >= 0; ++stream) {
        call(SYS_dup3, null, stream, O_CLOEXEC);
    }
    call(SYS_close, null);
    call(SYS_fcntl, control_descriptor, F_SETFD, FD_CLOEXEC);
    call(SYS_fcntl, kill_descriptor, F_SETFD, FD_CLOEXEC);
    call(SYS_umask, 022);
    struct {
        void* handler = nullptr;  // SIG_DFL
        unsigned long flags = 0;
        void* restorer = nullptr;
        std::uint64_t mask = 0;
    } plain;
    for (int number = 1; number <= 64; ++number) {
        call(SYS_rt_sigaction, number, &plain, nullptr, sizeof plain.mask);
    }
    const std::uint64_t no_signals = 0;
    call(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, nullptr, sizeof no_signals);
    rlimit files{};
    call(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &files);
    files.rlim_cur = files.rlim_max;
    call(SYS_prlimit64, 0, RLIMIT_NOFILE, &files, nullptr);
}

[[noreturn]] void leave(int status) {
    for (;;) {
        call(SYS_exit_group, status);  // Linux kills everything in our namespace
    }
}

/// Kills the job, or leaves a note for the reaper that has yet to read its request.
void obey(const KillJob& request) {
    if (request.gently == 0) {
        __atomic_store_n(&container.killed, request.number, __ATOMIC_SEQ_CST);
    }
    for (const Cell& cell : cells) {
        if (cell.reaper == 0 || __atomic_load_n(&cell.number, __ATOMIC_SEQ_CST) != request.number) {
            continue;
        }
        if (request.target == Target::program) {
            signal_program(cell, request.gently != 0 ? SIGTERM : SIGKILL);
        } else {
            kill_cell(cell);
        }
    }
}

void read_kill() {
    Message message;
    switch (receive(kill_descriptor, kill_packet, message)) {
    case Received::end:
        leave(0);
    case Received::nonsense:
        break;
    case Received::message:
        if (message.header().request == Request::kill && message.size >= sizeof(KillJob)) {
            obey(*reinterpret_cast<const KillJob*>(message.bytes));
        }
        release(message);
        break;
    }
}

/// How many cells to keep: a slot that runs one job makes one, short jobs in a row get more.
int wanted_cells = 1;

/// The first job is often the only one. The next cell waits until it is asked for, or it would be
/// made while the owner ends, who waits for the end of it, too.
enum class Jobs { none_yet, perhaps_all, several } jobs = Jobs::none_yet;

void learn_from(const Reply& reply) {
    jobs = jobs == Jobs::none_yet ? Jobs::perhaps_all : jobs;
    const bool is_short = reply.end.wall_nanoseconds < short_job_nanoseconds;
    wanted_cells = !is_short ? 2 : wanted_cells < cell_count ? wanted_cells + 1 : cell_count;
    // A caller's directories are for one at a time.
    if (container.plan->root_mode == RootMode::captured || container.plan->one_cell != 0) {
        wanted_cells = 1;
    }
}

/// Opens what is missing. False if there is no cell at all.
bool fill_cells() {
    int open = 0;
    for (const Cell& cell : cells) {
        open += cell.reaper != 0 ? 1 : 0;
    }
    for (std::uint32_t place = 0; place < cell_count; ++place) {
        if (cells[place].reaper == 0 && open < wanted_cells) {
            open_cell(cells[place], container, place);
            open += cells[place].reaper != 0 ? 1 : 0;
        }
    }
    return open != 0;
}

[[noreturn]] void serve() {
    for (;;) {
        const bool resting = jobs == Jobs::perhaps_all;
        const bool has_cell = !resting && fill_cells();
        // Without a cell nobody but us looks for requests.
        pollfd waited[cell_count + 2] = {{kill_descriptor, POLLIN, 0},
                                         {has_cell ? -1 : control_descriptor, POLLIN, 0}};
        for (int i = 0; i < cell_count; ++i) {
            waited[2 + i] = {cells[i].reaper == 0 ? -1 : cells[i].pidfd, POLLIN, 0};
        }
        call(SYS_poll, waited, cell_count + 2, -1);
        for (int i = 0; i < cell_count; ++i) {
            if (waited[2 + i].revents != 0) {
                close_cell(cells[i]);
                learn_from(cells[i].reply);
            }
        }
        if (waited[1].revents != 0 && resting) {
            jobs = Jobs::several;
        } else if (waited[1].revents != 0) {
            refuse_job(cells[0]);
        }
        if (waited[0].revents != 0) {
            read_kill();
        }
    }
}

}  // namespace

/// Called by `_start` (start.cpp).
[[noreturn]] void run() {
    become_plain();
    if (receive(control_descriptor, set_up_packet, container.message) != Received::message ||
        container.message.header().request != Request::set_up) {
        leave(1);
    }
    Reply reply = set_up(container);
    if (reply.step != Step::none) {
        reply.answer = Answer::set_up_failed;
        send(reply);
        leave(1);
    }
    serve();
}

}  // namespace maelstrom::slot
