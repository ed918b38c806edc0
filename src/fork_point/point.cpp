// The library that a program loads to become a fork point: see wire.hpp for the protocol and
// lane.hpp for what it makes. It has no dependencies but the C library of the program, and no
// threads; while it serves, the program stands still in `maelstrom_fork_point_serve`.

#include "fork_point/lane.hpp"
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
using Gates = Gate[lanes_limit][cells_limit];
Gates* gates = nullptr;  ///< shared with jobs while they wait

struct {
    Order head;
    char task[order_limit];
} order;
int wake = -1;  ///< rung by keepers

const Cell* own_cell = nullptr;  ///< of a process 2

// The state of the program's own thread, which jobs go on with.
void* return_point[5];
std::uint64_t signals_before = 0;
stack_t signal_stack_before{};

Lane* unused_lane() {
    for (Lane& lane : lanes) {
        if (lane.socket < 0) {
            return &lane;
        }
    }
    return nullptr;
}

/// False: there is no owner any more.
bool open_lane() {
    OpenLane request;
    int socket = -1;
    const long length = slot::receive_packet(program.control, &request, sizeof request, &socket, 1);
    if (length <= 0) {
        return false;
    }
    Lane* const lane = unused_lane();
    if (length != static_cast<long>(sizeof request) || socket < 0 || lane == nullptr) {
        call(SYS_close, socket);  // the owner sees the end of it
        return true;
    }
    lane->socket = socket;
    lane->wake = wake;
    lane->table = &table;
    lane->gates = (*gates)[lane - lanes];
    lane->request = request;
    open_lane(*lane);
    return true;
}

// What to wait for: the control socket, the keepers' bell, and of each lane its socket and its
// keepers.
constexpr std::uint32_t waited_limit = 2 + lanes_limit * (1 + cells_limit);
pollfd waited[waited_limit];
struct {
    Lane* lane;
    Cell* cell;  ///< null: the socket
} meant[waited_limit];

std::uint32_t wait_for_something() {
    waited[0] = {program.control, POLLIN, 0};
    waited[1] = {wake, POLLIN, 0};
    std::uint32_t count = 2;
    for (Lane& lane : lanes) {
        if (lane.socket < 0) {
            continue;
        }
        const short events = takes_order(lane) ? POLLIN : 0;
        waited[count] = {lane.socket, events, 0};
        meant[count++] = {&lane, nullptr};
        for (Cell& cell : lane.cells) {
            if (cell.stage != Stage::none) {
                waited[count] = {cell.keeper.pidfd, POLLIN, 0};
                meant[count++] = {&lane, &cell};
            }
        }
    }
    call(SYS_poll, waited, count, -1);
    return count;
}

void serve(Lane& lane, Cell* cell, short events) {
    // Dropped, or served otherwise, a moment ago?
    if (lane.socket < 0 || (cell != nullptr && cell->stage == Stage::none)) {
        return;
    }
    if (cell != nullptr) {
        on_end(lane, *cell);
    } else if ((events & ~POLLIN) != 0) {
        drop(lane);
    } else if (takes_order(lane)) {
        take_order(lane);
    }
}

/// False: the owner is gone.
bool serve_once() {
    const std::uint32_t count = wait_for_something();
    if (waited[1].revents != 0) {
        std::uint64_t rings = 0;
        call(SYS_read, wake, &rings, sizeof rings);
        for (Lane& lane : lanes) {
            if (lane.socket >= 0) {
                look_after(lane);
            }
        }
    }
    for (std::uint32_t i = 2; i < count; ++i) {
        if (waited[i].revents != 0) {
            serve(*meant[i].lane, meant[i].cell, waited[i].revents);
        }
    }
    return waited[0].revents == 0 || open_lane();
}

// ----------------------------------------------------------------------------------------------------
// process 2: from the fork to the job

/// Reads the order that has come in, with the job's streams.
Taken take_order(const Cell& cell, int (&streams)[2]) {
    const long length =
        slot::receive_packet(cell.socket, &order, sizeof order, streams, 2, MSG_DONTWAIT);
    if (length < static_cast<long>(sizeof order.head) ||
        order.head.size != static_cast<std::size_t>(length) - sizeof order.head || streams[1] < 0) {
        return Taken::nonsense;
    }
    return order.head.cell == cell.number ? Taken::job : Taken::stale;
}

/// Waits for an order that is meant for this cell.
void await_order(const Cell& cell, int (&streams)[2]) {
    Taken taken = Taken::nothing;
    while (taken != Taken::job) {
        await(cell.gate->order);
        clear(cell.gate->order);
        taken = take_order(cell, streams);
        if (taken != Taken::job) {
            call(SYS_close, streams[0]);
            call(SYS_close, streams[1]);
            streams[0] = streams[1] = -1;
        }
        set(cell.gate->taken, static_cast<std::uint32_t>(taken));
        ring(cell);
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

void drop_others(Holder& holder) {
    call(SYS_close, program.control);
    for (const Lane& lane : lanes) {
        if (lane.socket < 0) {
            continue;
        }
        if (&lane.holder != &holder) {
            call(SYS_close, lane.socket);
            call(SYS_close, lane.holder.process.pidfd);
        }
        for (const Cell& cell : lane.cells) {
            call(SYS_close, cell.keeper.pidfd);
        }
    }
}

void enter_job(Cell& cell) {
    renew_private_files();
    call(SYS_setsid);
    take_limits(*cell.lane);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
    call(SYS_capset, &header, none);
    if (call(SYS_chdir, program.working_directory) < 0) {
        call(SYS_chdir, "/");
    }
    call(SYS_sigaltstack, &signal_stack_before, nullptr);
    own_cell = &cell;
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
    tidy_free_memory();
    void* const shared =
        ::mmap(nullptr, sizeof *gates, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        result = -ENOMEM;
        reached = {ENOMEM, static_cast<std::uint32_t>(Step::fork)};
    }
    gates = static_cast<Gates*>(shared);
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

/// Serves the owner of this program until it closes the control socket (then 0). Each process that
/// is forked for a job returns from here, without signals: with 2 if there is likely to be time
/// before it is ordered to run one, else with 1. Negative errno if no cells can be made here.
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
                           const char* working_directory) {
    using namespace maelstrom::fork_point;
    program = {control,     outputs,       output_count,  errors,
               error_count, private_files, private_count, working_directory};
    if (const long result = begin(control); result < 0) {
        return result;
    }
    if (__builtin_setjmp(return_point) != 0) {
        return is_there_time() ? 2 : 1;
    }
    serve_until_over();
    return 0;
}

/// Waits, in a process that was forked for a job, for its order; it stays the job from then on. Its
/// task is good as long as the process.
extern "C" __attribute__((visibility("default"))) void
maelstrom_fork_point_await(const char** task, std::uint32_t* task_size) {
    using namespace maelstrom::fork_point;
    const Cell& cell = *own_cell;
    int streams[2] = {-1, -1};
    await_order(cell, streams);
    // Nothing of ours stays open in a job.
    call(SYS_munmap, gates, sizeof *gates);
    call(SYS_close, cell.socket);
    call(SYS_close, cell.wake);
    call(SYS_close, cell.socket_counts);
    connect(streams[0], program.outputs, program.output_count);
    connect(streams[1], program.errors, program.error_count);
    call(SYS_rt_sigprocmask, SIG_SETMASK, &signals_before, nullptr, sizeof signals_before);
    *task = order.task;
    *task_size = order.head.size;
}
