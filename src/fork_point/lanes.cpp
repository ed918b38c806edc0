#include "fork_point/lanes.hpp"

#include "fork_point/delegate.hpp"
#include "fork_point/program.hpp"
#include "slot/descriptors.hpp"
#include "slot/kernel.hpp"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

namespace maelstrom::fork_point {

using slot::call;

namespace {

Lane lanes[lanes_limit];
struct Shared {
    Gate gates[lanes_limit][cells_limit];  ///< with jobs while they wait
    Flag begun[lanes_limit];               ///< with delegates
};
Shared* shared = nullptr;
Gate own_gates[cells_limit];  ///< of a delegate's lane, whose jobs share all memory
const Table* mounts = nullptr;
int wake = -1;  ///< rung by keepers

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
    lane->table = mounts;
    lane->gates = shared->gates[lane - lanes];
    lane->request = request;
    if (!delegate(*lane)) {
        open_lane(*lane);
    }
    return true;
}

// What to wait for: the control socket, the keepers' bell, and of each lane its delegate, or its
// socket and its keepers.
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
        if (lane.delegate.id != 0) {
            waited[count] = {lane.delegate.pidfd, POLLIN, 0};
            meant[count++] = {&lane, nullptr};
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
    if (lane.delegate.id != 0) {
        if (!on_delegate_end(lane)) {
            open_lane(lane);
        }
    } else if (cell != nullptr) {
        on_end(lane, *cell);
    } else if ((events & ~POLLIN) != 0) {
        drop(lane);
    } else if (takes_order(lane)) {
        take_order(lane);
    }
}

}  // namespace

long prepare_lanes(const Table& table) {
    mounts = &table;
    void* const memory =
        ::mmap(nullptr, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return -ENOMEM;
    }
    shared = static_cast<Shared*>(memory);
    wake = static_cast<int>(call(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK));
    prepare_delegates();
    return 0;
}

bool serve_once() {
    const std::uint32_t count = wait_for_something();
    if (waited[1].revents != 0) {
        std::uint64_t rings = 0;
        call(SYS_read, wake, &rings, sizeof rings);
        for (Lane& lane : lanes) {
            if (lane.socket >= 0 && lane.delegate.id == 0) {
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

void drop_lanes() {
    for (Lane& lane : lanes) {
        if (lane.socket >= 0) {
            drop(lane);
        }
    }
}

void keep_only(Lane& own) {
    call(SYS_close, program.control);
    call(SYS_close, wake);
    program.control = -1;
    for (Lane& lane : lanes) {
        call(SYS_close, lane.delegate.pidfd);
        if (&lane != &own && lane.socket >= 0) {
            call(SYS_close, lane.socket);
            lane.socket = -1;
        }
    }
    own.gates = own_gates;
    own.wake = wake = static_cast<int>(call(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK));
}

Flag& begun_flag(const Lane& lane) {
    return shared->begun[&lane - lanes];
}

void unmap_gates() {
    call(SYS_munmap, shared, sizeof *shared);
}

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

}  // namespace maelstrom::fork_point
