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
#include <time.h>

namespace maelstrom::slot {

namespace {

alignas(8) char set_up_packet[packet_limit];
alignas(8) char run_packet[packet_limit];
alignas(8) char kill_packet[packet_limit];
Container container;
Cell cells[2];  // the job's and the next one's

/// What we inherited from the owner and jobs must not.
void become_plain() {
    call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    call(SYS_setsid);
    call(SYS_close_range, control_descriptor + 1, ~0U, 0);
    const long null = call(SYS_open, "/dev/null", O_RDWR | O_CLOEXEC);
    for (int stream = 0; stream < 3 && null >= 0; ++stream) {
        call(SYS_dup3, null, stream, O_CLOEXEC);
    }
    call(SYS_close, null);
    call(SYS_fcntl, control_descriptor, F_SETFD, FD_CLOEXEC);
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

std::int64_t now() {
    timespec time{};
    call(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
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

bool read_job(Message& message, Job& job) {
    if (message.size < sizeof(Run)) {
        return false;
    }
    const auto* run = reinterpret_cast<const Run*>(message.bytes);
    job.run = run;
    job.pseudo_terminals = message.text(run->pseudo_terminals);
    job.working_directory = message.text(run->working_directory);
    job.arguments = strings(message, run->arguments, 1);  // the first is spare
    job.environment = strings(message, run->environment);
    job.candidates = strings(message, run->candidates);
    job.candidate_count = run->candidates.count;
    const bool given = run->terminal == Terminal::given;
    (given ? job.input : job.output) = message.descriptors[0];
    job.error = message.descriptors[1];
    const bool streams = run->terminal == Terminal::own ||
                         (given ? job.input >= 0 : job.output >= 0 && job.error >= 0);
    const bool good = job.arguments != nullptr && job.environment != nullptr &&
                      job.candidates != nullptr && run->arguments.count >= 2 && streams;
    if (good) {  // the cell closes them
        message.descriptors[0] = -1;
        message.descriptors[1] = -1;
    }
    return good;
}

[[noreturn]] void leave() {
    for (;;) {
        call(SYS_exit_group, 0);  // Linux kills everything in our namespace
    }
}

void obey(const Cell& cell) {
    Message message;
    switch (receive(kill_packet, message)) {
    case Received::end:
        leave();
    case Received::nonsense:
        break;
    case Received::message:
        if (message.header().request == Request::kill && message.size >= sizeof(KillJob)) {
            const auto* request = reinterpret_cast<const KillJob*>(message.bytes);
            if (request->gently != 0) {
                terminate_program(cell);
            } else {
                kill_cell(cell);
            }
        }
        release(message);
        break;
    }
}

/// A captured root starts from what its owner has put there by then.
bool may_prepare_ahead() {
    return container.plan->root_mode != RootMode::captured;
}

void prepare_ahead(Cell& next) {
    if (next.reaper == 0 && may_prepare_ahead()) {
        open_cell(next, container);
    }
}

/// Watches the job and the owner until the job has ended. A job that takes a while gives time to
/// prepare the next one's cell.
void watch(const Cell& cell, Cell& next) {
    constexpr long long_job_milliseconds = 3;
    long patience = long_job_milliseconds;
    pollfd waited[2] = {{cell.pidfd, POLLIN, 0}, {control_descriptor, POLLIN, 0}};
    for (;;) {
        const long ready = call(SYS_poll, waited, 2, patience);
        if (ready == 0) {
            prepare_ahead(next);
            patience = -1;
            continue;
        }
        if (ready > 0 && waited[0].revents != 0) {
            return;
        }
        if (ready > 0 && waited[1].revents != 0) {
            obey(cell);
        }
    }
}

Reply run(Message& message, Cell& cell, Cell& next) {
    const std::int64_t start = now();
    Job job;
    if (!read_job(message, job)) {
        Reply reply{};
        reply.answer = Answer::not_started;
        reply.step = Step::message;
        reply.error = EBADMSG;
        return reply;
    }
    if (cell.reaper == 0) {
        open_cell(cell, container);
    }
    if (cell.reaper != 0) {
        start_job(cell, job);
        watch(cell, next);
        close_cell(cell);
    } else {
        message.descriptors[0] = job.run->terminal == Terminal::given ? job.input : job.output;
        message.descriptors[1] = job.error;
    }
    cell.reply.wall_nanoseconds = now() - start;
    cell.reply.remains = has_sockets(container) ? 1 : 0;
    return cell.reply;
}

void serve() {
    int current = 0;
    for (;;) {
        prepare_ahead(cells[current]);
        Message message;
        const Received received = receive(run_packet, message);
        if (received == Received::end) {
            return;
        }
        if (received == Received::nonsense || message.header().request != Request::run) {
            release(message);  // a kill that came too late, for one
            continue;
        }
        const Reply reply = run(message, cells[current], cells[1 - current]);
        release(message);
        if (!send(reply)) {
            return;
        }
        current = 1 - current;
    }
}

}  // namespace

}  // namespace maelstrom::slot

int main() {
    using namespace maelstrom::slot;
    become_plain();
    if (receive(set_up_packet, container.message) != Received::message ||
        container.message.header().request != Request::set_up) {
        return 1;
    }
    const Reply reply = set_up(container);
    if (reply.step != Step::none) {
        send(reply);
        return 1;
    }
    serve();
    return 0;
}
