#include "fork_point/own_thread.hpp"

#include "slot/kernel.hpp"

#include <string.h>

#include <asm/prctl.h>
#include <cstddef>
#include <cstdint>

// Null in another C library than glibc, and in one before 2.35.
extern "C" __attribute__((weak)) const char* gnu_get_libc_version();
extern "C" __attribute__((weak)) const std::ptrdiff_t __rseq_offset;
extern "C" __attribute__((weak)) const unsigned __rseq_size;

namespace maelstrom::fork_point {

using slot::call;

namespace {

constexpr std::size_t offset_of_thread_id = 720;  // in struct pthread, since glibc 2.3.4
constexpr std::uint32_t restartable_size = 32;
constexpr std::uint32_t restartable_signature = 0x53053053;

struct {
    char* control_block = nullptr;
    void* robust_list = nullptr;
    std::size_t robust_list_size = 0;
    bool is_restartable = false;
} thread;

/// See rseq(2).
long register_restartable(std::uint32_t flags) {
    return thread.is_restartable ? call(SYS_rseq, thread.control_block + __rseq_offset,
                                        restartable_size, flags, restartable_signature)
                                 : 0;
}

}  // namespace

bool is_own_thread_known() {
    return gnu_get_libc_version != nullptr;
}

bool leave_own_thread() {
    call(SYS_arch_prctl, ARCH_GET_FS, &thread.control_block);
    std::int32_t id = 0;
    memcpy(&id, thread_id_place(), sizeof id);
    if (id != call(SYS_gettid)) {
        return false;
    }
    call(SYS_get_robust_list, 0, &thread.robust_list, &thread.robust_list_size);
    call(SYS_set_robust_list, nullptr, thread.robust_list_size);
    call(SYS_set_tid_address, nullptr);
    thread.is_restartable = &__rseq_size != nullptr && __rseq_size != 0;
    constexpr std::uint32_t unregister = 1;
    return register_restartable(unregister) == 0;
}

void take_own_thread() {
    call(SYS_set_robust_list, thread.robust_list, thread.robust_list_size);
    register_restartable(0);
}

void* thread_id_place() {
    return thread.control_block + offset_of_thread_id;
}

}  // namespace maelstrom::fork_point
