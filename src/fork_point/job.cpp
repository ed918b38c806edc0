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

/// What comes with an order: standard output and error, and maybe two private files.
struct Given {
    int streams[2] = {-1, -1};
    int private_files[2] = {-1, -1};
};

/// Reads the order that has come in, with the job's files.
Taken take_order(const Cell& cell, Given& given) {
    int descriptors[4] = {-1, -1, -1, -1};
    const long length =
        slot::receive_packet(cell.socket, &order, sizeof order, descriptors, 4, MSG_DONTWAIT);
    given = {{descriptors[0], descriptors[1]}, {descriptors[2], descriptors[3]}};
    if (length < static_cast<long>(sizeof order.head) ||
        order.head.size != static_cast<std::size_t>(length) - sizeof order.head ||
        given.streams[1] < 0) {
        return Taken::nonsense;
    }
    return order.head.cell == cell.number ? Taken::job : Taken::stale;
}

/// Waits for an order that is meant for this cell.
void await_order(const Cell& cell, Given& given) {
    Taken taken = Taken::nothing;
    while (taken != Taken::job) {
        await(cell.gate->order);
        clear(cell.gate->order);
        taken = take_order(cell, given);
        if (taken != Taken::job) {
            for (int i = 0; i < 2; ++i) {
                call(SYS_close, given.streams[i]);
                call(SYS_close, given.private_files[i]);
            }
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

long empty_file() {
    return call(SYS_memfd_create, "private", MFD_CLOEXEC);
}

void put_private_file(std::uint32_t index, long file) {
    if (call(SYS_dup3, file, program.private_files[index], O_CLOEXEC) < 0) {
        call(SYS_exit_group, 127);  // nothing can be written without disturbing others
    }
}

/// A forked process shares its parent's open files. Where it must not, it gets an empty one; until
/// its order has come one does for all.
void leave_private_files() {
    const long file = program.private_count == 0 ? -1 : empty_file();
    for (std::uint32_t i = 0; i < program.private_count; ++i) {
        put_private_file(i, file);
    }
    call(SYS_close, file);
}

void take_private_files(const Given& given) {
    for (std::uint32_t i = 0; i < program.private_count; ++i) {
        const bool is_given = i < 2 && given.private_files[i] >= 0;
        const long file = is_given ? given.private_files[i] : empty_file();
        put_private_file(i, file);
        call(SYS_close, file);
    }
    for (std::uint32_t i = program.private_count; i < 2; ++i) {
        call(SYS_close, given.private_files[i]);  // the program has no place for it
    }
}

}  // namespace

void enter_job(Cell& cell) {
    if (is_image()) {
        take_own_thread();
    }
    leave_private_files();
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
    Given given;
    await_order(cell, given);
    // Nothing of ours stays open in a job.
    if (!is_image()) {
        unmap_gates();
    }
    close_image();
    call(SYS_close, cell.socket);
    call(SYS_close, cell.wake);
    call(SYS_close, cell.socket_counts);
    redirect_to(given.streams[0], program.outputs, program.output_count);
    redirect_to(given.streams[1], program.errors, program.error_count);
    take_private_files(given);
    call(SYS_rt_sigprocmask, SIG_SETMASK, &standstill.signals, nullptr, sizeof standstill.signals);
    *task = order.task;
    *task_size = order.head.size;
}
