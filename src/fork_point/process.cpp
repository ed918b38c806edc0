#include "fork_point/process.hpp"

#include "slot/kernel.hpp"

#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

namespace maelstrom::fork_point {

using slot::call;

namespace {

void wait_for_change(const Flag& flag, const timespec* patience) {
    call(SYS_futex, &flag.value, FUTEX_WAIT, 0, patience, nullptr);
}

}  // namespace

void set(Flag& flag, std::uint32_t value) {
    __atomic_store_n(&flag.value, value, __ATOMIC_SEQ_CST);
    call(SYS_futex, &flag.value, FUTEX_WAKE, 1, nullptr, nullptr);
}

void clear(Flag& flag) {
    __atomic_store_n(&flag.value, 0, __ATOMIC_SEQ_CST);
}

std::uint32_t get(const Flag& flag) {
    return __atomic_load_n(&flag.value, __ATOMIC_SEQ_CST);
}

std::uint32_t await(const Flag& flag) {
    for (;;) {
        if (const std::uint32_t value = get(flag); value != 0) {
            return value;
        }
        wait_for_change(flag, nullptr);
    }
}

bool provide_stack(Process& process) {
    if (process.stack != nullptr) {
        return true;
    }
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
    process.stack = stack;
    return true;
}

std::uint32_t await(const Flag& flag, const Process& process) {
    for (;;) {
        if (const std::uint32_t value = get(flag); value != 0) {
            return value;
        }
        // A process that is killed meanwhile wakes nobody.
        const timespec patience{0, 20'000'000};
        wait_for_change(flag, &patience);
        pollfd end{process.pidfd, POLLIN, 0};
        if (get(flag) == 0 && call(SYS_poll, &end, 1, 0) > 0) {
            return get(flag);
        }
    }
}

void kill(const Process& process) {
    call(SYS_pidfd_send_signal, process.pidfd, SIGKILL, nullptr, 0);
}

int collect(Process& process) {
    int status = 0;
    while (call(SYS_wait4, process.id, &status, __WALL, nullptr) == -EINTR) {
    }
    call(SYS_close, process.pidfd);
    process.pidfd = -1;
    process.id = 0;
    return status;
}

}  // namespace maelstrom::fork_point
