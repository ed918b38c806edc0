#include "container/testing/probe.hpp"
#include "fork_point/wire.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" long maelstrom_fork_point_serve(int control,
                                           const int* outputs,
                                           uint32_t output_count,
                                           const int* errors,
                                           uint32_t error_count,
                                           const int* private_files,
                                           uint32_t private_count,
                                           const char* working_directory);
extern "C" void maelstrom_fork_point_expect(uint32_t jobs);
extern "C" void maelstrom_fork_point_await(const char** task, uint32_t* task_size);

namespace {

constexpr size_t memory_size = size_t{8} << 20;

/// Whoever makes this system call from now on is killed for it, as if by somebody else.
void kill_who_calls(unsigned number) {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{sizeof program / sizeof *program, program};
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

extern "C" char _end[];

/// A page that Linux joins with the variables of program and library, which are not a job's. Null
/// where the heap begins just there, as it does once in thousands of runs.
char* memory_behind_variables() {
    constexpr uintptr_t page = 4096;
    const uintptr_t end = (reinterpret_cast<uintptr_t>(_end) + page - 1) / page * page;
    constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    void* const place = reinterpret_cast<void*>(end);
    if (mmap(place, page, PROT_READ | PROT_WRITE, flags, -1, 0) != place) {
        return nullptr;
    }
    memset(place, 'p', page);
    return static_cast<char*>(place);
}

char* behind = nullptr;

void do_behind() {
    printf("%.3s", behind == nullptr ? "ppp" : behind);
    if (behind != nullptr) {
        memcpy(behind, "job", 3);
    }
}

/// Whoever writes as a keeper rings the point's bell waits until it is let go.
void hold_who_rings() {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, maelstrom::fork_point::control_descriptor, 3, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, sizeof(uint64_t), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{sizeof program / sizeof *program, program};
    const long held =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
    dup2(static_cast<int>(held), held_descriptor);
}

/// For a test to count them, whatever becomes of them.
void mark_fork() {
    (void)!write(1, "f", 1);
}

bool is(const char* argument, const char* word) {
    return argument != nullptr && strcmp(argument, word) == 0;
}

int run_task(const char* task, uint32_t size) {
    char* words[8] = {};
    int count = 0;
    char* text = strndup(task, size);
    for (char* word = strtok(text, " "); word != nullptr && count < 7;
         word = strtok(nullptr, " ")) {
        words[count++] = word;
    }
    return run_command(words);
}

/// Memory that the point has written, as an interpreter's.
void* filled_memory() {
    void* const memory =
        mmap(nullptr, memory_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) {
        memset(memory, 1, memory_size);
    }
    return memory;
}

/// Kibibytes of this process that are in large pages.
long large_pages() {
    FILE* const file = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    long size = 0;
    while (file != nullptr && fgets(line, sizeof line, file) != nullptr) {
        if (strncmp(line, "AnonHugePages:", 14) == 0) {
            size = strtol(line + 14, nullptr, 10);
        }
    }
    return size;
}

/// Whether Linux has large pages to give just now.
bool large_pages_are_to_be_had() {
    constexpr int collapse_advice = 25;  // MADV_COLLAPSE, since Linux 6.1
    void* const memory = filled_memory();
    return memory != MAP_FAILED && madvise(memory, memory_size, collapse_advice) == 0;
}

const char* state_of_large_pages() {
    if (large_pages() > 0) {
        return "yes";
    }
    return large_pages_are_to_be_had() ? "no" : "none to be had";
}

int open_descriptors() {
    int count = 0;
    for (int descriptor = 0; descriptor < 1024; ++descriptor) {
        count += fcntl(descriptor, F_GETFD) >= 0 ? 1 : 0;
    }
    return count;
}

void do_task(const char* task, size_t size, int private_file) {
    if (size == 11 && strncmp(task, "large-pages", size) == 0) {
        printf("%s", state_of_large_pages());
    } else if (size == 7 && strncmp(task, "private", size) == 0) {
        struct stat status{};
        fstat(private_file, &status);
        const ssize_t written = write(private_file, "job's", 5);
        printf("%ld+%ld", static_cast<long>(status.st_size), static_cast<long>(written));
    } else if (size == 6 && strncmp(task, "behind", size) == 0) {
        do_behind();
    } else if (size == 11 && strncmp(task, "descriptors", size) == 0) {
        printf("%d", open_descriptors());
    } else {
        printf("%.*s", static_cast<int>(size), task);
    }
}

}  // namespace

/// A fork point whose jobs print their task, or with "commands" run it, but for "private", which
/// writes into a private file and prints its sizes, "behind", which prints and writes memory behind
/// the variables if the point has the argument "fill-behind", "large-pages" and "descriptors". With
/// "kill-at-mount" and "kill-at-attach" none of its cells comes to be, with "kill-at-fork" no job,
/// and it writes a letter for each that it tried to make. "hold-at-ring" holds cells that are
/// prepared.
int fork_point(Arguments arguments) {
    if (is(arguments[0], "kill-at-mount")) {
        kill_who_calls(SYS_mount);
    } else if (is(arguments[0], "kill-at-attach")) {
        kill_who_calls(SYS_move_mount);
    } else if (is(arguments[0], "fill-behind")) {
        behind = memory_behind_variables();
        maelstrom_fork_point_expect(100);
    } else if (is(arguments[0], "kill-at-fork")) {
        kill_who_calls(SYS_clone);
        pthread_atfork(mark_fork, nullptr, nullptr);
    }
    if (arguments[0] != nullptr && is(arguments[1], "hold-at-ring")) {
        hold_who_rings();
    }
    const int outputs[] = {1};
    const int errors[] = {2};
    const int private_files[] = {memfd_create("private", MFD_CLOEXEC)};
    filled_memory();
    const long result = maelstrom_fork_point_serve(maelstrom::fork_point::control_descriptor,
                                                   outputs, 1, errors, 1, private_files, 1, "/");
    if (result <= 0) {
        return result < 0 ? 1 : 0;
    }
    const char* task = nullptr;
    uint32_t size = 0;
    maelstrom_fork_point_await(&task, &size);
    if (is(arguments[0], "commands")) {
        return run_task(task, size);
    }
    do_task(task, size, private_files[0]);
    return 0;
}
