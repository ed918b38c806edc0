#pragma once

#include <linux/sched.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

// Raw system calls: they return the value or -errno and touch no thread-local storage, so a child
// that shares its parent's memory may use them. Nothing here needs a C++ runtime.

#ifndef __x86_64__
#error "port me: system calls and clone3 are written for x86-64"
#endif

// Sanitizers would give code between clone and exec a shadow memory that it shares with its parent.
#define MAELSTROM_BARE __attribute__((no_sanitize("address", "thread", "undefined")))

namespace maelstrom::slot {

MAELSTROM_BARE inline long
raw_call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
    long result = number;
    register long fourth __asm__("r10") = d;
    register long fifth __asm__("r8") = e;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
                     : "rcx", "r11", "memory");
    return result;
}

MAELSTROM_BARE inline long as_argument(const volatile void* pointer) {
    return static_cast<long>(reinterpret_cast<std::uintptr_t>(pointer));
}
MAELSTROM_BARE inline long as_argument(std::nullptr_t) {
    return 0;
}
template <class T>
    requires(std::is_integral_v<T> || std::is_enum_v<T>)
MAELSTROM_BARE inline long as_argument(T value) {
    return static_cast<long>(value);
}

/// `call(SYS_openat, AT_FDCWD, "/x", O_RDONLY)`: at most five arguments, numbers or pointers.
template <class... Arguments>
MAELSTROM_BARE inline long call(long number, Arguments... arguments) {
    return raw_call(number, as_argument(arguments)...);
}

/// Starts a child that runs `entry(argument)` on the stack given in `how`. The entry must not
/// return.
MAELSTROM_BARE inline long
clone_and_enter(const clone_args& how, void (*entry)(void*), void* argument) {
    long result = SYS_clone3;
    // Registers that are named: one of the compiler's choice could be the one that is cleared.
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"  // ends back traces here
                     "mov %[argument], %%rdi\n\t"
                     "call *%[entry]\n\t"
                     "ud2\n"
                     "1:"
                     : "+a"(result)
                     : "D"(&how), "S"(sizeof how), [entry] "d"(entry), [argument] "b"(argument)
                     : "rcx", "r11", "memory");
    return result;
}

/// Goes on in `entry(argument)` on another stack, which ends at `top`. It must not return.
[[noreturn]] MAELSTROM_BARE inline void enter_on(void* top, void (*entry)(void*), void* argument) {
    __asm__ volatile("mov %[top], %%rsp\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "call *%[entry]\n\t"
                     "ud2"
                     :
                     : [top] "S"(top), [entry] "d"(entry), "D"(argument)
                     : "memory");
    __builtin_unreachable();
}

}  // namespace maelstrom::slot
