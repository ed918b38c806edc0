#include "container/testing/probe.hpp"
#include "fork_point/wire.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" long maelstrom_fork_point_serve(int control,
                                           const int* outputs,
                                           uint32_t output_count,
                                           const int* errors,
                                           uint32_t error_count,
                                           const char* working_directory,
                                           const char** task,
                                           uint32_t* task_size);

namespace {

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

}  // namespace

/// A fork point whose jobs print their task, or with "commands" run it; with "kill-at-mount" and
/// "kill-at-attach" none of its cells comes to be.
int fork_point(Arguments arguments) {
    if (is(arguments[0], "kill-at-mount")) {
        kill_who_calls(SYS_mount);
    } else if (is(arguments[0], "kill-at-attach")) {
        kill_who_calls(SYS_move_mount);
    }
    const int outputs[] = {1};
    const int errors[] = {2};
    const char* task = nullptr;
    uint32_t size = 0;
    const long result = maelstrom_fork_point_serve(maelstrom::fork_point::control_descriptor,
                                                   outputs, 1, errors, 1, "/", &task, &size);
    if (result == 1 && is(arguments[0], "commands")) {
        return run_task(task, size);
    }
    if (result == 1) {
        printf("%.*s", static_cast<int>(size), task);
    }
    return result < 0 ? 1 : 0;
}
