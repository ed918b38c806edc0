#include "fork_point/holder.hpp"

#include "slot/kernel.hpp"
#include "slot/mounting.hpp"
#include "slot/network.hpp"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>

namespace maelstrom::fork_point {

using slot::call;

namespace {

/// Not user 0 of its namespace: Linux lets that one set the switches of its networks, privileges or
/// not, and user 0 of a network's namespace may be the user that a job runs as.
long inner_id(long outside) {
    return outside == 0 ? 1 : outside;
}

bool checked(Holder& holder, Step step, long result) {
    if (result >= 0) {
        return true;
    }
    holder.step = step;
    holder.error = static_cast<std::int32_t>(-result);
    return false;
}

bool prepare_network(Holder& holder) {
    if (holder.lane->own_network == 0) {
        return true;
    }
    if (holder.lane->loopback != 0 && !checked(holder, Step::loopback, slot::bring_loopback_up())) {
        return false;
    }
    const long root = call(SYS_open, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    slot::set_network_switches(static_cast<int>(root));
    holder.socket_counts = static_cast<int>(slot::open_socket_counts(static_cast<int>(root)));
    holder.sockets_before = slot::count_sockets(holder.socket_counts);
    call(SYS_close, root);
    return true;
}

void hold(void* argument) {
    Holder& holder = *static_cast<Holder*>(argument);
    call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    drop_others(holder);
    if (checked(holder, Step::id_maps, take_identity(holder.identity))) {
        prepare_network(holder);
    }
    set(holder.ready);
    for (;;) {
        await(holder.request);
        clear(holder.request);
        Cell& cell = *holder.wanted;
        const Identity& own = holder.identity;
        cell.identity = {.inner_user = own.outer_user,
                         .outer_user = own.inner_user,
                         .inner_group = own.outer_group,
                         .outer_group = own.inner_group};
        cell.socket_counts = holder.socket_counts;
        cell.sockets_before = holder.sockets_before;
        holder.keeper = clone_keeper(cell);
        set(holder.made);
    }
}

bool fail(Cell& cell, long result) {
    cell.reply.answer = Answer::not_started;
    cell.reply.step = Step::clone_cell;
    cell.reply.error = static_cast<std::int32_t>(-result);
    return false;
}

}  // namespace

bool start_holder(Holder& holder, const OpenLane& lane) {
    if (!provide_stack(holder.process)) {
        return checked(holder, Step::holder, -ENOMEM);
    }
    holder.lane = &lane;
    const long user = call(SYS_geteuid);
    const long group = call(SYS_getegid);
    holder.identity = {.inner_user = inner_id(user),
                       .outer_user = user,
                       .inner_group = inner_id(group),
                       .outer_group = group};
    holder.socket_counts = -1;
    holder.step = Step::none;
    holder.error = 0;
    clear(holder.ready);
    clear(holder.request);
    clone_args how{};
    how.flags = CLONE_VM | CLONE_PIDFD | CLONE_NEWUSER | (lane.own_network != 0 ? CLONE_NEWNET : 0);
    how.pidfd = reinterpret_cast<std::uint64_t>(&holder.process.pidfd);
    how.stack = reinterpret_cast<std::uint64_t>(holder.process.stack);
    how.stack_size = stack_size;
    holder.process.id = slot::clone_and_enter(how, hold, &holder);
    if (holder.process.id < 0) {
        const long error = holder.process.id;
        holder.process.id = 0;
        return checked(holder, Step::holder, error);
    }
    if (await(holder.ready, holder.process) == 0) {
        holder.step = Step::keeper;  // somebody has killed it
    }
    return holder.step == Step::none;
}

bool make_keeper(Holder& holder, Cell& cell) {
    if (!provide_stack(cell.keeper)) {
        return fail(cell, -ENOMEM);
    }
    holder.wanted = &cell;
    clear(holder.made);
    set(holder.request);
    if (await(holder.made, holder.process) == 0) {
        cell.reply = {.answer = Answer::not_started, .step = Step::keeper, .cell = cell.number};
        return false;
    }
    if (holder.keeper < 0) {
        return fail(cell, holder.keeper);
    }
    cell.keeper.id = holder.keeper;
    // Its number is its own until it is collected.
    const long pidfd = call(SYS_pidfd_open, holder.keeper, 0);
    if (pidfd < 0) {
        call(SYS_kill, holder.keeper, SIGKILL);
        collect(cell.keeper);
        return fail(cell, pidfd);
    }
    cell.keeper.pidfd = static_cast<int>(pidfd);
    return true;
}

void end_holder(Holder& holder) {
    if (holder.process.id != 0) {
        kill(holder.process);
        collect(holder.process);
    }
}

}  // namespace maelstrom::fork_point
