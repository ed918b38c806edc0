// The library that a program loads to become a fork point: see wire.hpp for the protocol and
// lane.hpp for what it makes. It has no dependencies but the C library of the program, and no
// threads; while it serves, the program stands still in `maelstrom_fork_point_serve`.

#include "fork_point/delegate.hpp"
#include "fork_point/lanes.hpp"
#include "fork_point/memory.hpp"
#include "fork_point/program.hpp"
#include "slot/kernel.hpp"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

namespace maelstrom::fork_point {

using slot::call;

Program program;
Standstill standstill;

namespace {

Table table;

/// Linux counts the processes of all cells as the point's, too, and holds them to the limit that
/// it has when they are made. Each job gets one of its own.
void lift_process_limit() {
    rlimit limit{};
    call(SYS_prlimit64, 0, RLIMIT_NPROC, nullptr, &limit);
    limit.rlim_cur = limit.rlim_max;
    call(SYS_prlimit64, 0, RLIMIT_NPROC, &limit, nullptr);
}

long begin(int control) {
    constexpr std::uint64_t all_signals = ~std::uint64_t{0};
    call(SYS_rt_sigprocmask, SIG_SETMASK, &all_signals, &standstill.signals,
         sizeof standstill.signals);
    call(SYS_sigaltstack, nullptr, &standstill.signal_stack);
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
    if (const long prepared = prepare_lanes(table); prepared < 0) {
        result = prepared;
        reached = {static_cast<std::int32_t>(-prepared), static_cast<std::uint32_t>(Step::fork)};
    }
    const long sent = call(SYS_write, control, &reached, sizeof reached);
    return result < 0 ? result : sent;
}

__attribute__((noinline)) void serve_until_over() {
    while (serve_once()) {
    }
    drop_lanes();
    call(SYS_rt_sigprocmask, SIG_SETMASK, &standstill.signals, nullptr, sizeof standstill.signals);
}

}  // namespace

}  // namespace maelstrom::fork_point

/// To be told before `maelstrom_fork_point_serve`: about so many jobs will come.
extern "C" __attribute__((visibility("default"))) void
maelstrom_fork_point_expect(std::uint32_t jobs) {
    maelstrom::fork_point::expect_jobs(jobs);
}

/// Serves the owner of this program until it closes the control socket (then 0). Each process that
/// is forked for a job returns from here, without signals: with 2 if there is likely to be time
/// before it is ordered to run one, else with 1. Negative errno if no cells can be made here.
///
/// `outputs` and `errors` are the descriptors that stand for the program's standard streams; jobs
/// get their own in these places. In place of `private_files` each job gets empty files in memory;
/// who orders it may provide the first two, and then reads what is left in them at its end.
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
    if (__builtin_setjmp(standstill.return_point) != 0) {
        return is_there_time() ? 2 : 1;
    }
    serve_until_over();
    return 0;
}
