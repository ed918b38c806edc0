// What tests run inside containers: one static program, one sub-command for each thing to try. It
// prints what it finds as text; "errno" results are names like EPERM, or "ok".

#include "container/testing/probe.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <initializer_list>

namespace {

int exit_with(Arguments arguments) {
    return atoi(arguments[0]);
}

int kill_self(Arguments arguments) {
    kill(getpid(), atoi(arguments[0]));
    pause();
    return 99;
}

int kill_all(Arguments) {
    kill(-1, SIGKILL);
    printf("survived\n");
    return 0;
}

int do_abort(Arguments) {
    abort();
}

int fault(Arguments) {
    signal(SIGSEGV, SIG_DFL);
    *static_cast<volatile int*>(
        mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) = 1;
    return 99;
}

int descriptors(Arguments) {
    for (int descriptor = 0; descriptor < 1024; ++descriptor) {
        const int flags = fcntl(descriptor, F_GETFL);
        if (flags >= 0) {
            printf("%d%s ", descriptor, (flags & O_NONBLOCK) != 0 ? "n" : "");
        }
    }
    printf("\n");
    return 0;
}

/// As many attributes of a fresh process as have a defined value.
int attributes(Arguments) {
    sigset_t mask;
    sigprocmask(SIG_BLOCK, nullptr, &mask);
    int blocked = 0;
    int handled = 0;
    for (int number = 1; number <= 64; ++number) {
        struct sigaction action{};
        blocked += sigismember(&mask, number) == 1;
        handled += sigaction(number, nullptr, &action) == 0 && action.sa_handler != SIG_DFL;
    }
    const mode_t mask_of_files = umask(0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[2]{};
    syscall(SYS_capget, &header, sets);
    printf("pid %d ppid %d pgid %d sid %d uid %d gid %d\n", getpid(), getppid(), getpgid(0),
           getsid(0), static_cast<int>(getuid()), static_cast<int>(getgid()));
    printf("umask %03o blocked %d handled %d\n", mask_of_files, blocked, handled);
    printf("nnp %d caps %x%08x bounding %d ambient %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
           sets[1].permitted, sets[0].permitted, prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0),
           prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_SYS_ADMIN, 0, 0));
    return 0;
}

int limits(Arguments) {
    const struct {
        const char* name;
        __rlimit_resource resource;
    } all[] = {{"core", RLIMIT_CORE},   {"files", RLIMIT_NOFILE}, {"cpu", RLIMIT_CPU},
               {"fsize", RLIMIT_FSIZE}, {"stack", RLIMIT_STACK},  {"as", RLIMIT_AS}};
    for (const auto& [name, resource] : all) {
        rlimit limit{};
        getrlimit(resource, &limit);
        printf("%s %lld\n", name, static_cast<long long>(limit.rlim_cur));
    }
    return 0;
}

int open_for_writing(Arguments arguments) {
    const int file = open(arguments[0], O_WRONLY | O_CLOEXEC);  // never written to
    return report("open", file);
}

int change_mode(Arguments arguments) {
    return report("chmod",
                  chmod(arguments[0], static_cast<mode_t>(strtol(arguments[1], nullptr, 8))));
}

int keys(Arguments) {
    return report("keyctl", syscall(SYS_keyctl, 0, -3, 1)) +
           report("add_key", syscall(SYS_add_key, "user", "a", "b", 1, -3));
}

int make_ipc(Arguments) {
    report("shm", shmget(4711, 4096, IPC_CREAT | 0600));
    report("sem", semget(4711, 1, IPC_CREAT | 0600));
    report("msg", msgget(4711, IPC_CREAT | 0600));
    return 0;
}

int find_ipc(Arguments) {
    report("shm", shmget(4711, 0, 0));
    report("sem", semget(4711, 0, 0));
    report("msg", msgget(4711, 0));
    return 0;
}

int message_queue(Arguments arguments) {
    const bool make = strcmp(arguments[0], "make") == 0;
    const mqd_t queue =
        make ? mq_open("/probe", O_CREAT | O_RDWR, 0600, nullptr) : mq_open("/probe", O_RDWR);
    return report("mq", queue);
}

int shared_memory(Arguments arguments) {
    const bool make = strcmp(arguments[0], "make") == 0;
    return report("shm", shm_open("/probe", make ? O_CREAT | O_RDWR : O_RDWR, 0600));
}

/// Timers that are set; there is none in a fresh process.
int timers(Arguments) {
    int count = 0;
    for (const auto clock : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}) {
        itimerval timer{};
        getitimer(clock, &timer);
        count += timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0;
    }
    for (int id = 0; id < 16; ++id) {  // those of timer_create, by the kernel's numbers
        itimerspec timer{};
        count += syscall(SYS_timer_gettime, id, &timer) == 0;
    }
    printf("%d timers\n", count);
    return 0;
}

int make_timers(Arguments arguments) {
    const itimerval in_a_while{{}, {100, 0}};
    timer_t timer{};
    sigevent event{};
    event.sigev_notify = SIGEV_NONE;
    setitimer(ITIMER_REAL, &in_a_while, nullptr);
    setitimer(ITIMER_PROF, &in_a_while, nullptr);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    return timers(arguments);
}

int inspect_reaper(Arguments) {
    report("ptrace", ptrace(PTRACE_ATTACH, 1, nullptr, nullptr));
    report("mem", open("/proc/1/mem", O_RDONLY));
    report("environ", open("/proc/1/environ", O_RDONLY));
    kill(1, SIGKILL);
    kill(1, SIGTERM);
    return report("still here", 0);
}

/// A grandchild that ignores what it can and would live for ever.
int leave_orphan(Arguments) {
    int ready[2];
    if (pipe(ready) != 0) {
        return 1;
    }
    if (fork() == 0) {
        if (fork() == 0) {
            for (int number = 1; number <= 64; ++number) {
                signal(number, SIG_IGN);
            }
            setsid();
            if (write(ready[1], "x", 1) != 1) {
                _exit(1);
            }
            for (;;) {
                pause();
            }
        }
        _exit(0);
    }
    char byte = 0;
    return read(ready[0], &byte, 1) == 1 ? 0 : 1;
}

int ignore_and_wait(Arguments);
int leave_orphan_and_wait(Arguments arguments) {
    leave_orphan(arguments);
    return ignore_and_wait(arguments);
}

/// Children that end before us and are never waited for, and orphans that the reaper gets.
int leave_zombies(Arguments) {
    for (int i = 0; i < 5; ++i) {
        if (fork() == 0) {
            if (fork() == 0) {
                _exit(7);
            }
            _exit(8);
        }
    }
    return 3;
}

int make_nonblocking(Arguments) {
    for (int descriptor = 0; descriptor < 3; ++descriptor) {
        fcntl(descriptor, F_SETFL, O_NONBLOCK);
    }
    return 0;
}

int nested_user_namespace(Arguments) {
    if (report("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID)) != 0) {
        return 1;
    }
    report("umount /proc", umount2("/proc", MNT_DETACH));
    report("umount /", umount2("/", MNT_DETACH));
    report("mount tmpfs", mount("tmpfs", "/tmp", "tmpfs", 0, nullptr));
    const pid_t child = fork();  // process 1 of the new namespace
    if (child == 0) {
        const int mounted = mount("proc", "/tmp", "proc", 0, nullptr);
        report("mount proc", mounted);
        if (mounted == 0) {
            const int file = open("/tmp/sys/kernel/core_pattern", O_WRONLY);
            report("open core_pattern", file);
        }
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, nullptr, 0);
    return 0;
}

int map_own_user(Arguments) {
    char line[64];
    const int length = snprintf(line, sizeof line, "%d %d 1", getuid(), getuid());
    if (report("unshare", unshare(CLONE_NEWUSER)) != 0) {
        return 1;
    }
    const int file = open("/proc/self/uid_map", O_WRONLY);
    return report("map", write(file, line, static_cast<size_t>(length)));
}

int nested_cgroups(Arguments) {
    if (report("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS)) != 0) {
        return 1;
    }
    report("own view", unshare(CLONE_NEWCGROUP));
    report("mount", mount("cgroup", "/tmp", "cgroup2", 0, nullptr));
    report("mount old", mount("cgroup", "/tmp", "cgroup", 0, "pids"));
    return 0;
}

int ignore_and_wait(Arguments) {
    signal(SIGTERM, SIG_IGN);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        pause();
    }
}

void on_term(int) {
    static const char text[] = "terminated\n";
    (void)!write(1, text, sizeof text - 1);
    _exit(5);
}

int wait_for_term(Arguments) {
    signal(SIGTERM, on_term);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        pause();
    }
}

int touch_memory(Arguments arguments) {
    const auto size = static_cast<std::size_t>(atol(arguments[0])) << 20;
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return report("mmap", -1);
    }
    memset(memory, 1, size);
    return report("memory", 0);
}

/// Piece by piece, until there is no more.
int fill_memory(Arguments) {
    constexpr size_t piece = 1 << 20;
    for (;;) {
        void* memory =
            mmap(nullptr, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            return report("mmap", -1);
        }
        memset(memory, 1, piece);
    }
}

int burn_for(Arguments arguments) {
    const clock_t end = clock() + atol(arguments[0]) * (CLOCKS_PER_SEC / 1000);
    while (clock() < end) {
    }
    return 0;
}

/// Uses memory and processor time, then waits to be killed.
int use_and_wait(Arguments arguments) {
    touch_memory(arguments);
    char milliseconds[] = "50";
    char* time[] = {milliseconds, nullptr};
    burn_for(time);
    return ignore_and_wait(arguments);
}

/// Its end is its tracer's to collect, which does not; the reaper never sees it.
int wait_under_tracer(Arguments arguments) {
    const pid_t traced = getpid();
    int ends[2];
    (void)!pipe(ends);
    if (fork() == 0) {
        char byte = 0;
        (void)!read(ends[0], &byte, 1);  // until it is allowed
        if (ptrace(PTRACE_SEIZE, traced, 0, 0) != 0) {
            printf("not traced\n");
        }
        return ignore_and_wait(arguments);
    }
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    (void)!write(ends[1], "x", 1);
    for (;;) {
        pause();
    }
}

/// How much fits: of the root, of a tmpfs.
int fill_file(Arguments arguments) {
    const int file = open(arguments[0], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    static char piece[64 * 1024];
    long written = 0;
    ssize_t count = 0;
    while (written < 64L << 20 && (count = write(file, piece, sizeof piece)) > 0) {
        written += count;
    }
    const int reason = count < 0 ? errno : 0;
    printf("%ld KiB\n", written / 1024);
    errno = reason;
    return report("write", reason == 0 ? 0 : -1);
}

int burn(Arguments) {
    for (;;) {
        __asm__ volatile("");
    }
}

/// Children that stay until we end; says how many there could be.
int fork_children(Arguments arguments) {
    int count = 0;
    while (count < atoi(arguments[0])) {
        const pid_t child = fork();
        if (child == 0) {
            for (;;) {
                pause();
            }
        }
        if (child < 0) {
            break;
        }
        ++count;
    }
    printf("%d children\n", count);
    return 0;
}

int become_host(Arguments) {
    report("sethostname", sethostname("other", 5));
    report("mount", mount("tmpfs", "/tmp", "tmpfs", 0, nullptr));
    report("chroot", chroot("/tmp"));
    report("mknod", mknod("/tmp/node", S_IFCHR | 0600, makedev(1, 3)));
    return 0;
}

int mount_something(Arguments) {
    report("sethostname", sethostname("other", 5));
    report("mount", mount("tmpfs", "/tmp", "tmpfs", 0, nullptr));
    report("umount /proc", umount2("/proc", MNT_DETACH));
    report("umount /proc/sys", umount2("/proc/sys", MNT_DETACH));
    report("open core_pattern", open("/proc/sys/kernel/core_pattern", O_WRONLY));
    return 0;
}

constexpr struct {
    const char* name;
    int (*run)(Arguments);
} commands[] = {
    {"exit", exit_with},
    {"kill-self", kill_self},
    {"kill-all", kill_all},
    {"abort", do_abort},
    {"fault", fault},
    {"descriptors", descriptors},
    {"attributes", attributes},
    {"limits", limits},
    {"open-for-writing", open_for_writing},
    {"change-mode", change_mode},
    {"keys", keys},
    {"make-ipc", make_ipc},
    {"find-ipc", find_ipc},
    {"message-queue", message_queue},
    {"shared-memory", shared_memory},
    {"timers", timers},
    {"make-timers", make_timers},
    {"abstract-socket", abstract_socket},
    {"tcp-cycle", tcp_cycle},
    {"inspect-reaper", inspect_reaper},
    {"leave-orphan", leave_orphan},
    {"leave-orphan-and-wait", leave_orphan_and_wait},
    {"lose-one-socket", lose_one_socket},
    {"lose-socket", lose_socket},
    {"network", network},
    {"machine-sockets", machine_sockets},
    {"machine-sockets-of-32-bits", machine_sockets_of_32_bits},
    {"leave-zombies", leave_zombies},
    {"make-nonblocking", make_nonblocking},
    {"nested-user-namespace", nested_user_namespace},
    {"map-own-user", map_own_user},
    {"nested-cgroups", nested_cgroups},
    {"ignore-and-wait", ignore_and_wait},
    {"wait-for-term", wait_for_term},
    {"touch-memory", touch_memory},
    {"burn", burn},
    {"burn-for", burn_for},
    {"use-and-wait", use_and_wait},
    {"wait-under-tracer", wait_under_tracer},
    {"fill-file", fill_file},
    {"fill-memory", fill_memory},
    {"fork-children", fork_children},
    {"fork-point", fork_point},
    {"become-host", become_host},
    {"use-capabilities", mount_something},
};

}  // namespace

int run_command(char** words) {
    for (const auto& command : commands) {
        if (words[0] != nullptr && strcmp(command.name, words[0]) == 0) {
            return command.run(words + 1);
        }
    }
    fprintf(stderr, "probe: unknown command\n");
    return 98;
}

int main(int, char** argv) {
    return run_command(argv + 1);
}
