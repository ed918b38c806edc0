#include "fork_point/delegate.hpp"

#include "fork_point/image.hpp"
#include "fork_point/lanes.hpp"
#include "slot/kernel.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace maelstrom::fork_point {

using slot::call;

namespace {

/// A copy costs about as much as it saves in so many jobs.
constexpr std::uint32_t jobs_that_pay = 16;

/// So many may be spent sooner.
constexpr std::uint32_t most_in_vain = 8;

std::uint32_t jobs_expected = 0;
std::uint32_t in_vain = 0;
bool is_possible = false;

/// How a delegate ends.
enum End : int {
    served,
    spent,       ///< a job has changed what cannot be restored: the next delegate goes on
    spent_soon,  ///< before it has paid
    impossible,  ///< nothing can be restored here
};

[[noreturn]] void leave(End end) {
    for (;;) {
        call(SYS_exit_group, end);
    }
}

/// What is kept beside the jobs' memory would count as theirs.
bool is_limited(int resource) {
    rlimit limit{};
    call(SYS_prlimit64, 0, resource, nullptr, &limit);
    return limit.rlim_cur != RLIM_INFINITY;
}

void use_kept_stacks(Lane& lane) {
    lane.holder.process.stack = kept_stack();
    void* const job_stack = kept_stack();
    for (Cell& cell : lane.cells) {
        cell.keeper.stack = kept_stack();
        cell.job_stack = job_stack;
    }
}

[[noreturn]] void serve(void* argument) {
    Lane& lane = *static_cast<Lane*>(argument);
    keep_only(lane);
    use_kept_stacks(lane);
    if (take_image() < 0) {
        leave(End::impossible);
    }
    set(begun_flag(lane));
    open_lane(lane);
    const std::uint32_t first = lane.numbers;
    while (lane.socket >= 0 && !lane.is_spent) {
        serve_once();
    }
    if (!lane.is_spent) {
        leave(End::served);
    }
    leave(lane.numbers - first >= jobs_that_pay ? End::spent : End::spent_soon);
}

/// Whether there can be another.
bool goes_on(int status) {
    if (!WIFEXITED(status)) {
        return false;
    }
    if (WEXITSTATUS(status) == End::spent_soon) {
        ++in_vain;
    }
    return WEXITSTATUS(status) != End::impossible && in_vain <= most_in_vain;
}

}  // namespace

void expect_jobs(std::uint32_t jobs) {
    jobs_expected = jobs;
}

void prepare_delegates() {
    is_possible = jobs_expected >= jobs_that_pay && !is_limited(RLIMIT_AS) &&
                  !is_limited(RLIMIT_DATA) && prepare_images();
}

bool delegate(Lane& lane) {
    // What a group counts must be its jobs' own.
    if (!is_possible || lane.request.group != 0) {
        return false;
    }
    ++lane.delegates;
    clear(begun_flag(lane));
    const long id = ::fork();
    if (id == 0) {
        call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (!provide_kept_memory()) {
            leave(End::impossible);
        }
        slot::enter_on(static_cast<char*>(kept_stack()) + stack_size, serve, &lane);
    }
    const long pidfd = id < 0 ? id : call(SYS_pidfd_open, id, 0);
    lane.delegate.id = id < 0 ? 0 : id;
    lane.delegate.pidfd = static_cast<int>(pidfd);
    if (id > 0 && pidfd < 0) {
        call(SYS_kill, id, SIGKILL);
        collect(lane.delegate);
    }
    is_possible = pidfd >= 0;
    return is_possible;
}

bool on_delegate_end(Lane& lane) {
    const int status = collect(lane.delegate);
    const bool was_killed = !WIFEXITED(status) && get(begun_flag(lane)) != 0;
    if (was_killed || (WIFEXITED(status) && WEXITSTATUS(status) == End::served)) {
        drop(lane);  // what it has taken for its jobs, nobody knows
        return true;
    }
    is_possible = is_possible && goes_on(status);
    return delegate(lane);
}

}  // namespace maelstrom::fork_point
