#pragma once

#include <elf.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

// What every ratio in bench/ is taken against: the cheapest way that Linux has to run a program.
// One clone3(CLONE_VM | CLONE_VFORK), one execve of a static program of two instructions, one wait.
// Nothing that starts programs can be faster; everything that a container adds shows as a multiple
// of it, on any machine.

namespace maelstrom::bench {

/// The smallest honest static program: an ELF header, one segment, `exit(0)`.
struct TinyProgram {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
#if defined(__x86_64__)
    static constexpr std::uint16_t machine = EM_X86_64;
    unsigned char code[9] = {0xb8, 60,   0, 0, 0,  // mov eax, 60 (exit)
                             0x31, 0xff,           // xor edi, edi
                             0x0f, 0x05};          // syscall
#elif defined(__aarch64__)
    static constexpr std::uint16_t machine = EM_AARCH64;
    unsigned char code[12] = {0xa8, 0x0b, 0x80, 0xd2,   // mov x8, 93 (exit)
                              0x00, 0x00, 0x80, 0xd2,   // mov x0, 0
                              0x01, 0x00, 0x00, 0xd4};  // svc 0
#endif
};

inline TinyProgram tiny_program() {
    constexpr std::uint64_t address = 0x400000;
    constexpr std::uint64_t size =
        sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) + sizeof(TinyProgram::code);
    TinyProgram program{};
    Elf64_Ehdr& header = program.header;
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = TinyProgram::machine;
    header.e_version = EV_CURRENT;
    header.e_entry = address + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr);
    header.e_phoff = sizeof(Elf64_Ehdr);
    header.e_ehsize = sizeof(Elf64_Ehdr);
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = 1;
    program.segment = {.p_type = PT_LOAD,
                       .p_flags = PF_R | PF_X,
                       .p_offset = 0,
                       .p_vaddr = address,
                       .p_paddr = address,
                       .p_filesz = size,
                       .p_memsz = size,
                       .p_align = 0x1000};
    return program;
}

/// Writes the tiny program to `path`; false with errno set when that does not work.
inline bool write_tiny_program(const char* path) {
    const TinyProgram program = tiny_program();
    constexpr std::size_t size =
        sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) + sizeof(TinyProgram::code);
    const int fd = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    if (fd < 0) {
        return false;
    }
    const bool written = ::write(fd, &program, size) == static_cast<ssize_t>(size);
    return ::close(fd) == 0 && written;
}

/// clone3 and execve in one piece of assembly: the child runs on its parent's stack, so it must not
/// return from any function between the two.
inline pid_t clone_and_exec(const char* path, char* const* argv, char* const* envp, int* pidfd) {
    clone_args args{};
    args.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD;
    args.pidfd = reinterpret_cast<std::uintptr_t>(pidfd);
    args.exit_signal = SIGCHLD;
#if defined(__x86_64__)
    long result = SYS_clone3;
    register char* const* envp_register asm("r8") = envp;
    register const char* path_register asm("r9") = path;
    register char* const* argv_register asm("r10") = argv;
    asm volatile("syscall\n\t"
                 "test %%rax, %%rax\n\t"
                 "jnz 1f\n\t"
                 "mov %%r9, %%rdi\n\t"
                 "mov %%r10, %%rsi\n\t"
                 "mov %%r8, %%rdx\n\t"
                 "mov %[execve], %%eax\n\t"
                 "syscall\n\t"
                 "mov $127, %%edi\n\t"
                 "mov %[exit], %%eax\n\t"
                 "syscall\n\t"
                 "1:"
                 : "+a"(result)
                 : "D"(&args), "S"(sizeof(args)), [execve] "i"(SYS_execve), [exit] "i"(SYS_exit),
                   "r"(envp_register), "r"(path_register), "r"(argv_register)
                 : "rcx", "rdx", "r11", "memory", "cc");
#elif defined(__aarch64__)
    register long result asm("x0") = reinterpret_cast<long>(&args);
    register long size_register asm("x1") = sizeof(args);
    register long number asm("x8") = SYS_clone3;
    register const char* path_register asm("x9") = path;
    register char* const* argv_register asm("x10") = argv;
    register char* const* envp_register asm("x11") = envp;
    asm volatile("svc #0\n\t"
                 "cbnz x0, 1f\n\t"
                 "mov x0, x9\n\t"
                 "mov x1, x10\n\t"
                 "mov x2, x11\n\t"
                 "mov x8, %[execve]\n\t"
                 "svc #0\n\t"
                 "mov x0, #127\n\t"
                 "mov x8, %[exit]\n\t"
                 "svc #0\n\t"
                 "1:"
                 : "+r"(result), "+r"(size_register), "+r"(number)
                 : [execve] "i"(SYS_execve), [exit] "i"(SYS_exit), "r"(path_register),
                   "r"(argv_register), "r"(envp_register)
                 : "x2", "memory", "cc");
#endif
    if (result < 0) {
        errno = static_cast<int>(-result);
        return -1;
    }
    return static_cast<pid_t>(result);
}

/// Runs the program once and waits for it. True when it exited with 0.
inline bool bare_spawn(const char* path) {
    char* const argv[] = {const_cast<char*>(path), nullptr};
    char* const envp[] = {nullptr};
    int pidfd = -1;
    if (clone_and_exec(path, argv, envp, &pidfd) < 0) {
        return false;
    }
    siginfo_t info{};
    int waited = 0;
    do {
        waited = ::waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED);
    } while (waited < 0 && errno == EINTR);
    ::close(pidfd);
    return waited == 0 && info.si_code == CLD_EXITED && info.si_status == 0;
}

}  // namespace maelstrom::bench
