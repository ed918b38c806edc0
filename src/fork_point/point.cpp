// The library that a program loads to become a fork point: see wire.hpp for the protocol and
// cell.hpp for what it makes. It has no dependencies but the C library of the program, and no
// threads; while it serves, the program stands still in `maelstrom_fork_point_serve`.

#include "fork_point/cell.hpp"
#include "fork_point/memory.hpp"
#include "slot/descriptors.hpp"
#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace maelstrom::fork_point {

using slot::call;

namespace {

struct Lane {
    int socket = -1;
    bool announced = false;  ///< the owner knows the cell
    bool running = false;
    bool useless = false;  ///< no cell can be made
    Cell cell;
};

/// What the program wants of its jobs.
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

Program program;
Table table;
Lane lanes[lanes_limit];

struct {
    Order head;
    char task[order_limit];
} order;
int streams[2] = {-1, -1};  ///< of the job that is being forked
int wake = -1;              ///< rung by keepers
std::uint32_t jobs = 0;     ///< forked so far
/// By then there are likely to be many more: moving to large pages costs as much as it saves in
/// ten to twenty forks.
constexpr std::uint32_t jobs_that_pay = 16;

// The state of the program's own thread, which jobs go on with.
void* return_point[5];
std::uint64_t signals_before = 0;
stack_t signal_stack_before{};

/// Reads one packet with up to `room` descriptors, at most two.
int receive(int socket, void* record, std::size_t size, int* descriptors, int room) {
    alignas(cmsghdr) char space[CMSG_SPACE(2 * sizeof(int))];
    iovec body{record, size};
    msghdr header{};
    header.msg_iov = &body;
    header.msg_iovlen = 1;
    header.msg_control = space;
    header.msg_controllen = sizeof space;
    const long length = call(SYS_recvmsg, socket, &header, MSG_CMSG_CLOEXEC);
    if (length > 0) {
        slot::take_descriptors(header, descriptors, room);
    }
    return static_cast<int>(length);
}

void send(int socket, const Reply& reply, int descriptor = -1) {
    slot::send_packet(socket, &reply, sizeof reply, descriptor);
}

void close_streams() {
    for (int& stream : streams) {
        call(SYS_close, stream);
        stream = -1;
    }
}

// ----------------------------------------------------------------------------------------------------
// lanes

/// Has a cell made; its keeper works on it while we go on.
void prepare(Lane& lane) {
    lane.announced = false;
    if (!open_cell(lane.cell)) {
        lane.useless = true;
        send(lane.socket, lane.cell.reply);
    }
}

bool is_prepared(const Lane& lane) {
    return __atomic_load_n(&lane.cell.prepared, __ATOMIC_SEQ_CST) != 0;
}

void announce(Lane& lane) {
    lane.announced = true;
    if (lane.cell.reply.step != Step::none) {
        lane.useless = true;
        send(lane.socket, lane.cell.reply);
        return;
    }
    send(lane.socket, Reply{.answer = Answer::prepared, .cell = lane.cell.number}, lane.cell.pidfd);
}

void drop(Lane& lane) {
    if (lane.cell.keeper != 0) {
        call(SYS_pidfd_send_signal, lane.cell.pidfd, SIGKILL, nullptr, 0);
        close_cell(lane.cell);
    }
    call(SYS_close, lane.socket);
    lane.socket = -1;
    lane.running = false;
}

/// With a page below it that nobody can write to.
bool make_stack(Cell& cell) {
    constexpr std::size_t guard = 4096;
    void* area = ::mmap(nullptr, guard + stack_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (area == MAP_FAILED) {
        return false;
    }
    void* stack = static_cast<char*>(area) + guard;
    if (::mprotect(stack, stack_size, PROT_READ | PROT_WRITE) != 0) {
        ::munmap(area, guard + stack_size);
        return false;
    }
    cell.stack = stack;
    return true;
}

/// False: there is no owner any more.
bool open_lane() {
    OpenLane request;
    int socket = -1;
    const int length = receive(program.control, &request, sizeof request, &socket, 1);
    if (length <= 0) {
        return false;
    }
    if (length != static_cast<int>(sizeof request) || socket < 0) {
        call(SYS_close, socket);
        return true;
    }
    Lane* free_lane = nullptr;
    for (Lane& lane : lanes) {
        if (lane.socket < 0 && free_lane == nullptr) {
            free_lane = &lane;
        }
    }
    if (free_lane == nullptr) {
        call(SYS_close, socket);  // the owner sees the end of it
        return true;
    }
    if (free_lane->cell.stack == nullptr && !make_stack(free_lane->cell)) {
        call(SYS_close, socket);
        return true;
    }
    free_lane->socket = socket;
    free_lane->useless = false;
    free_lane->cell.table = &table;
    free_lane->cell.lane = request;
    free_lane->cell.wake = wake;
    prepare(*free_lane);
    return true;
}

void take_order(Lane& lane) {
    const int length = receive(lane.socket, &order, sizeof order, streams, 2);
    const bool good = length >= static_cast<int>(sizeof(Order)) &&
                      order.head.size == static_cast<std::uint32_t>(length) - sizeof(Order) &&
                      streams[1] >= 0;
    if (!good || !lane.announced || lane.running || lane.useless) {
        close_streams();
        drop(lane);
        return;
    }
    if (order.head.cell != lane.cell.number) {
        close_streams();  // for one that has died: its owner knows
        return;
    }
    if (++jobs == jobs_that_pay) {
        use_large_pages();
    }
    fork_cell(lane.cell);
    lane.running = true;
    close_streams();
}

void on_end(Lane& lane) {
    close_cell(lane.cell);
    if (lane.useless) {
        return;
    }
    if (!lane.announced) {
        if (lane.cell.reply.step == Step::none) {
            lane.cell.reply = {.answer = Answer::not_started, .step = Step::keeper};
        }
        announce(lane);
        return;
    }
    lane.running = false;
    send(lane.socket, lane.cell.reply);
    prepare(lane);
}

// What to wait for: the control socket, the keepers' bell, and two for each lane.
constexpr std::uint32_t waited_count = 2 + 2 * lanes_limit;
pollfd waited[waited_count];

void wait_for_something() {
    waited[0] = {program.control, POLLIN, 0};
    waited[1] = {wake, POLLIN, 0};
    for (std::uint32_t i = 0; i < lanes_limit; ++i) {
        const Lane& lane = lanes[i];
        const bool takes_order = (lane.announced || lane.useless) && !lane.running;
        const short events = takes_order ? POLLIN : 0;
        waited[2 + 2 * i] = {lane.socket, events, 0};
        waited[3 + 2 * i] = {lane.cell.keeper != 0 ? lane.cell.pidfd : -1, POLLIN, 0};
    }
    call(SYS_poll, waited, waited_count, -1);
}

void serve_lane(Lane& lane, short from_owner, short from_keeper) {
    if (!lane.announced && !lane.useless && is_prepared(lane)) {
        announce(lane);
    }
    if (from_keeper != 0) {
        on_end(lane);
    } else if ((from_owner & POLLIN) != 0) {
        take_order(lane);
    } else if (from_owner != 0) {
        drop(lane);
    }
}

/// False: the owner is gone.
bool serve_once() {
    wait_for_something();
    if (waited[1].revents != 0) {
        std::uint64_t rings = 0;
        call(SYS_read, wake, &rings, sizeof rings);
    }
    for (std::uint32_t i = 0; i < lanes_limit; ++i) {
        if (lanes[i].socket >= 0) {
            serve_lane(lanes[i], waited[2 + 2 * i].revents, waited[3 + 2 * i].revents);
        }
    }
    return waited[0].revents == 0 || open_lane();
}

// ----------------------------------------------------------------------------------------------------
// a job's first steps

/// Nothing of ours stays open in a job.
void close_ours() {
    call(SYS_close, program.control);
    call(SYS_close, wake);
    for (Lane& lane : lanes) {
        if (lane.socket >= 0) {
            call(SYS_close, lane.socket);
            call(SYS_close, lane.cell.pidfd);
            close_mounts(lane.cell);  // one that is being made just now
        }
    }
}

void connect(int stream, const int* descriptors, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const long flags = call(SYS_fcntl, descriptors[i], F_GETFD, 0);
        call(SYS_dup3, stream, descriptors[i], (flags & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0);
    }
    call(SYS_close, stream);
}

/// Those that differ from the point's, for good: a job has no privilege to raise them again.
void take_limits(const OpenLane& lane) {
    if (lane.processes != 0) {
        const rlimit limit{lane.processes, lane.processes};
        call(SYS_prlimit64, 0, RLIMIT_NPROC, &limit, nullptr);
    }
    if (lane.group_of_memory != 0) {
        // Linux kills with a process all that share its memory. A keeper's are the point and every
        // other keeper.
        slot::write_file(AT_FDCWD, "/proc/self/oom_score_adj", "1000");
    }
}

/// Linux counts the processes of all cells as the point's, too, and holds them to the limit that
/// it has when they are made. Each job gets one of its own.
void lift_process_limit() {
    rlimit limit{};
    call(SYS_prlimit64, 0, RLIMIT_NPROC, nullptr, &limit);
    limit.rlim_cur = limit.rlim_max;
    call(SYS_prlimit64, 0, RLIMIT_NPROC, &limit, nullptr);
}

/// A forked process shares its parent's open files. Where it must not, it gets empty ones.
void renew_private_files() {
    for (std::uint32_t i = 0; i < program.private_count; ++i) {
        const long fresh = call(SYS_memfd_create, "private", MFD_CLOEXEC);
        if (call(SYS_dup3, fresh, program.private_files[i], O_CLOEXEC) < 0) {
            call(SYS_exit_group, 127);  // nothing can be written without disturbing others
        }
        call(SYS_close, fresh);
    }
}

}  // namespace

void enter_job(Cell& cell) {
    close_ours();
    renew_private_files();
    connect(streams[0], program.outputs, program.output_count);
    connect(streams[1], program.errors, program.error_count);
    call(SYS_setsid);
    take_limits(cell.lane);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
    call(SYS_capset, &header, none);
    if (call(SYS_chdir, program.working_directory) < 0) {
        call(SYS_chdir, "/");
    }
    call(SYS_sigaltstack, &signal_stack_before, nullptr);
    call(SYS_rt_sigprocmask, SIG_SETMASK, &signals_before, nullptr, sizeof signals_before);
    __builtin_longjmp(return_point, 1);
}

namespace {

long begin(int control) {
    constexpr std::uint64_t all_signals = ~std::uint64_t{0};
    call(SYS_rt_sigprocmask, SIG_SETMASK, &all_signals, &signals_before, sizeof signals_before);
    call(SYS_sigaltstack, nullptr, &signal_stack_before);
    long result = read_table(table);
    Reached reached{};
    if (result < 0) {
        reached = {static_cast<std::int32_t>(-result),
                   static_cast<std::uint32_t>(Step::mount_table)};
    } else if (table.guarded) {
        result = -EPERM;
        reached = {EPERM, static_cast<std::uint32_t>(Step::guarded_proc)};
    }
    lift_process_limit();
    wake = static_cast<int>(call(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK));
    const long sent = call(SYS_write, control, &reached, sizeof reached);
    return result < 0 ? result : sent;
}

__attribute__((noinline)) void serve_until_over() {
    while (serve_once()) {
    }
    for (Lane& lane : lanes) {
        if (lane.socket >= 0) {
            drop(lane);
        }
    }
    call(SYS_rt_sigprocmask, SIG_SETMASK, &signals_before, nullptr, sizeof signals_before);
}

}  // namespace

}  // namespace maelstrom::fork_point

/// Serves the owner of this program until it closes the control socket (then 0) and lets each job
/// return from here with 1 and its task. Negative errno if no cells can be made here.
///
/// `outputs` and `errors` are the descriptors that stand for the program's standard streams; jobs
/// get their own in these places. In place of `private_files` each job gets empty files in memory.
extern "C" __attribute__((visibility("default"))) long
maelstrom_fork_point_serve(int control,
                           const int* outputs,
                           std::uint32_t output_count,
                           const int* errors,
                           std::uint32_t error_count,
                           const int* private_files,
                           std::uint32_t private_count,
                           const char* working_directory,
                           const char** task,
                           std::uint32_t* task_size) {
    using namespace maelstrom::fork_point;
    program = {control,     outputs,       output_count,  errors,
               error_count, private_files, private_count, working_directory};
    const char** volatile task_out = task;
    std::uint32_t* volatile size_out = task_size;
    if (const long result = begin(control); result < 0) {
        return result;
    }
    if (__builtin_setjmp(return_point) != 0) {
        *task_out = order.task;
        *size_out = order.head.size;
        return 1;
    }
    serve_until_over();
    return 0;
}
