#include "fork_point/lane.hpp"

#include "fork_point/image.hpp"
#include "fork_point/memory.hpp"
#include "slot/descriptors.hpp"
#include "slot/kernel.hpp"

#include <signal.h>
#include <sys/wait.h>

namespace maelstrom::fork_point {

using slot::call;

namespace {

std::uint32_t jobs = 0;  ///< forked so far

/// By the sixteenth there are likely to be many more jobs: moving to large pages costs as much as
/// it saves in ten to twenty forks. What Linux refuses is asked for again when there were twice as
/// many.
std::uint32_t jobs_that_pay = 16;

bool there_is_time = false;

/// A keeper was killed in the C library's fork: whatever that holds meanwhile is held for ever.
bool is_broken = false;

void send(const Lane& lane, const Reply& reply, int descriptor = -1) {
    slot::send_packet(lane.socket, &reply, sizeof reply, descriptor);
}

bool is_prepared(const Cell& cell) {
    return __atomic_load_n(&cell.prepared, __ATOMIC_SEQ_CST) != 0;
}

bool is_finished(const Cell& cell) {
    return __atomic_load_n(&cell.finished, __ATOMIC_SEQ_CST) != 0;
}

Taken taken_in(const Cell& cell) {
    return static_cast<Taken>(get(cell.gate->taken));
}

bool is_busy(Lane& lane) {
    return find(lane, Stage::ordered) != nullptr || find(lane, Stage::running) != nullptr;
}

/// Nobody is to use a cell that is being made or waits.
void withdraw(Lane& lane) {
    for (Cell& cell : lane.cells) {
        if (cell.stage == Stage::ready && !lane.useless) {
            send(lane, {.answer = Answer::withdrawn, .cell = cell.number});
        }
        if (cell.stage == Stage::ready || cell.stage == Stage::making) {
            kill(cell.keeper);
            cell.stage = Stage::over;
        }
    }
}

void give_up(Lane& lane, const Reply& reason) {
    if (!lane.useless) {
        lane.useless = true;
        lane.reason = reason;
        lane.reason.answer = Answer::not_started;
    }
}

bool provide_holder(Lane& lane) {
    if (lane.holder.process.id != 0 || start_holder(lane.holder, lane.request)) {
        return true;
    }
    end_holder(lane.holder);
    give_up(lane, {.step = lane.holder.step, .error = lane.holder.error});
    return false;
}

void prepare(Lane& lane, Cell& cell) {
    cell.table = lane.table;
    cell.lane = &lane.request;
    cell.socket = lane.socket;
    cell.wake = lane.wake;
    cell.number = ++lane.numbers;
    cell.prepared = cell.finished = cell.forking = 0;
    clear(cell.fork);
    clear(cell.forked);
    cell.gate = &lane.gates[&cell - lane.cells];
    clear(cell.gate->order);
    clear(cell.gate->taken);
    cell.sockets_left = false;
    cell.reply = Reply{.cell = cell.number};
    if (make_keeper(lane.holder, cell)) {
        cell.stage = Stage::making;
    } else {
        give_up(lane, cell.reply);
    }
}

/// Has the next cell made, or says that there will be none.
void go_on(Lane& lane) {
    if (is_broken) {
        give_up(lane, {.step = Step::keeper});
    }
    if (lane.is_spent) {
        return;
    }
    const bool is_next =
        find(lane, Stage::making) != nullptr || find(lane, Stage::ready) != nullptr;
    Cell* const unused = find(lane, Stage::none);
    if (!lane.useless && !is_next && unused != nullptr && provide_holder(lane)) {
        prepare(lane, *unused);
    }
    if (lane.useless) {
        withdraw(lane);
        end_holder(lane.holder);
        if (!lane.told && !is_busy(lane)) {
            lane.told = true;
            send(lane, lane.reason);
        }
    }
}

/// One at a time. False if the cell is of no use.
bool fork_job(Lane& lane, Cell& cell) {
    if (!is_image() && ++jobs == jobs_that_pay) {
        jobs_that_pay = use_large_pages() ? 0 : 2 * jobs_that_pay;
    }
    lane.is_dirty = is_image();
    set(cell.fork);
    if (await(cell.forked, cell.keeper) == 0) {
        // Its keeper was killed: `on_end` comes.
        is_broken = is_broken || __atomic_load_n(&cell.forking, __ATOMIC_SEQ_CST) != 0;
        return false;
    }
    if (cell.reply.step != Step::none) {
        cell.stage = Stage::over;
        give_up(lane, cell.reply);
        return false;
    }
    return true;
}

void announce(Lane& lane, Cell& cell) {
    if (cell.reply.step != Step::none) {
        cell.stage = Stage::over;
        give_up(lane, cell.reply);
        return;
    }
    if (is_broken) {
        return;  // `go_on` gives the lane up
    }
    // While the job before it runs, and some processor may be idle. But what a group counts is born
    // where its keeper sits, and that is moved when the order is given. And an image has room for
    // one job.
    if (lane.request.group != 0 || is_image() || fork_job(lane, cell)) {
        cell.stage = Stage::ready;
        send(lane, {.answer = Answer::prepared, .cell = cell.number}, cell.keeper.pidfd);
    }
}

void on_taken(Lane& lane, Cell& cell) {
    switch (taken_in(cell)) {
    case Taken::nothing:
        return;
    case Taken::stale:
        clear(cell.gate->taken);
        cell.stage = Stage::ready;
        return;
    case Taken::nonsense:
        drop(lane);
        return;
    case Taken::job:
        cell.stage = Stage::running;
        return;
    }
}

/// In a delegate, when the job has gone, one after the other: the first tells whether the memory
/// can be restored.
void restore_shape(Lane& lane) {
    if (lane.is_dirty && !restore_mappings()) {
        lane.is_spent = true;
    }
}

void restore_content(Lane& lane) {
    if (lane.is_dirty && !lane.is_spent && !restore_pages()) {
        lane.is_spent = true;
        withdraw(lane);
    }
    lane.is_dirty = false;
}

/// Tells the owner, who may give the next order at once.
void finish(Lane& lane, Cell& cell) {
    restore_shape(lane);
    if (cell.sockets_left || lane.is_spent) {
        withdraw(lane);
        end_holder(lane.holder);
    }
    cell.stage = Stage::over;
    const slot::JobEnd& end = cell.reply.end;
    there_is_time = (end.user_microseconds + end.system_microseconds) * 2000 < end.wall_nanoseconds;
    send(lane, cell.reply);
    restore_content(lane);
}

}  // namespace

bool is_there_time() {
    return there_is_time && !is_image();
}

Cell* find(Lane& lane, Stage stage) {
    for (Cell& cell : lane.cells) {
        if (cell.stage == stage) {
            return &cell;
        }
    }
    return nullptr;
}

bool takes_order(Lane& lane) {
    return lane.useless || (find(lane, Stage::ready) != nullptr && !is_busy(lane));
}

void open_lane(Lane& lane) {
    lane.useless = lane.told = false;
    constexpr std::uint32_t most_of_a_delegate = 1U << 20U;
    lane.numbers = lane.delegates * most_of_a_delegate;
    go_on(lane);
}

void look_after(Lane& lane) {
    for (Cell& cell : lane.cells) {
        if (cell.stage == Stage::making && is_prepared(cell)) {
            announce(lane, cell);
        } else if (cell.stage == Stage::ordered) {
            on_taken(lane, cell);
        }
        if (cell.stage == Stage::running && is_finished(cell) && lane.request.group == 0) {
            finish(lane, cell);
        }
    }
    if (lane.socket >= 0) {
        go_on(lane);
    }
}

void on_end(Lane& lane, Cell& cell) {
    collect(cell.keeper);
    if (cell.stage == Stage::ordered && taken_in(cell) == Taken::job) {
        cell.stage = Stage::running;
    }
    if (cell.stage == Stage::making && !is_prepared(cell)) {
        give_up(lane, {.step = Step::keeper});  // by somebody who does not know it
    } else if (cell.stage == Stage::ready || cell.stage == Stage::ordered) {
        // A cell that only waits may die while the job of another has the memory.
        if (cell.stage == Stage::ordered || !is_busy(lane)) {
            restore_shape(lane);
            restore_content(lane);
        }
        send(lane, {.answer = Answer::withdrawn, .cell = cell.number});
    } else if (cell.stage == Stage::running && !is_finished(cell)) {
        // Its owner has killed it, and all in it. What that has left in the network nobody knows.
        cell.reply = {
            .answer = Answer::ended,
            .cell = cell.number,
            .end = {.wait_status = SIGKILL, .wall_nanoseconds = slot::now() - cell.start}};
        cell.sockets_left = true;
        finish(lane, cell);
    } else if (cell.stage == Stage::running) {
        finish(lane, cell);
    }
    cell.stage = Stage::none;
    go_on(lane);
}

void take_order(Lane& lane) {
    if (is_broken && !lane.useless) {
        go_on(lane);
        return;
    }
    Cell* const cell = lane.useless ? nullptr : find(lane, Stage::ready);
    if (cell == nullptr) {
        drop(lane);
        return;
    }
    if (get(cell->forked) != 0 || fork_job(lane, *cell)) {
        cell->start = slot::now();
        cell->stage = Stage::ordered;
        set(cell->gate->order);
    }
}

void drop(Lane& lane) {
    if (lane.delegate.id != 0) {
        kill(lane.delegate);
        collect(lane.delegate);
    }
    for (Cell& cell : lane.cells) {
        if (cell.stage != Stage::none) {
            kill(cell.keeper);
            collect(cell.keeper);
            cell.stage = Stage::none;
        }
    }
    end_holder(lane.holder);
    call(SYS_close, lane.socket);
    lane.socket = -1;
}

}  // namespace maelstrom::fork_point
