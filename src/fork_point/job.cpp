// Process 2: from the fork to the job.

#include "fork_point/image.hpp"
#include "fork_point/lanes.hpp"
#include "fork_point/own_thread.hpp"
#include "fork_point/program.hpp"
#include "slot/descriptors.hpp"
#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace maelstrom::fork_point {

using slot::call;

namespace {

struct {
    Order head;
    char task[order_limit];
} order;
const Cell* own_cell = nullptr;

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

void redirect_to(int stream, const int* descriptors, std::uint32_t count) {
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
    if (is_image()) {
        take_own_thread();
    }
    renew_private_files();
    call(SYS_setsid);
    take_limits(*cell.lane);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
    call(SYS_capset, &header, none);
    if (call(SYS_chdir, program.working_directory) < 0) {
        call(SYS_chdir, "/");
    }
    call(SYS_sigaltstack, &standstill.signal_stack, nullptr);
    own_cell = &cell;
    __builtin_longjmp(standstill.return_point, 1);
}

}  // namespace maelstrom::fork_point

/// Waits, in a process that was forked for a job, for its order; it stays the job from then on. Its
/// task is good as long as the process.
extern "C" __attribute__((visibility("default"))) void
maelstrom_fork_point_await(const char** task, std::uint32_t* task_size) {
    using namespace maelstrom::fork_point;
    const Cell& cell = *own_cell;
    int streams[2] = {-1, -1};
    await_order(cell, streams);
    // Nothing of ours stays open in a job.
    if (!is_image()) {
        unmap_gates();
    }
    close_image();
    call(SYS_close, cell.socket);
    call(SYS_close, cell.wake);
    call(SYS_close, cell.socket_counts);
    redirect_to(streams[0], program.outputs, program.output_count);
    redirect_to(streams[1], program.errors, program.error_count);
    call(SYS_rt_sigprocmask, SIG_SETMASK, &standstill.signals, nullptr, sizeof standstill.signals);
    *task = order.task;
    *task_size = order.head.size;
}
