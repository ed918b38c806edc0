#include "slot/cell.hpp"
#include "slot/guard.hpp"
#include "slot/kernel.hpp"
#include "slot/mounting.hpp"
#include "slot/network.hpp"

#include <elf.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

// From the second clone to exec: the last steps of starting a program, in its own process. It
// shares the slot's memory and must leave nothing in it but the report.

namespace maelstrom::slot {

namespace {

/// capabilities = "all": this process is alone in a new user namespace and its network.
long enter_own_user_namespace(Cell& cell) {
    const Container& container = *cell.container;
    const SetUp& plan = *container.plan;
    if (plan.all_capabilities == 0) {
        return 0;
    }
    char line[64];
    char* end = append(append(append(line, plan.inside_user), " "), plan.inside_user);
    append(end, " 1");
    long result = write_file(container.ground, "proc/self/uid_map", line);
    end = append(append(append(line, plan.inside_group), " "), plan.inside_group);
    append(end, " 1");
    result = result < 0 ? result : write_file(container.ground, "proc/self/gid_map", line);
    return result;
}

long raise_own_loopback(Cell& cell) {
    const SetUp& plan = *cell.container->plan;
    return plan.all_capabilities != 0 && plan.net == Net::loopback ? bring_loopback_up() : 0;
}

long begin_session(Cell&) {
    return call(SYS_setsid);
}

long give_extra_descriptors(const Job& job) {
    // What was received has a number above those of standard streams and of the slot's own sockets.
    for (int i = 0; i < most_extra_descriptors && job.extra[i] >= 0; ++i) {
        if (const long result = call(SYS_dup2, job.extra[i], extra_descriptor + i); result < 0) {
            return result;
        }
    }
    return 0;
}

long connect_streams(Cell& cell) {
    const Job& job = cell.job;
    const bool terminal = job.run->terminal != Terminal::none;
    const int sources[3] = {job.input, terminal ? job.input : job.output,
                            terminal ? job.input : job.error};
    for (int stream = 0; stream < 3; ++stream) {
        if (const long result = call(SYS_dup2, sources[stream], stream); result < 0) {
            return result;
        }
    }
    if (const long result = give_extra_descriptors(job); result < 0) {
        return result;
    }
    return terminal ? call(SYS_ioctl, 0, TIOCSCTTY, 0) : 0;
}

long set_limits(Cell& cell) {
    const Container& container = *cell.container;
    for (std::uint32_t i = 0; i < container.plan->limits.count; ++i) {
        const ResourceLimit& limit = container.limits[i];
        cell.reply.index = static_cast<std::uint32_t>(limit.resource);
        const long result = call(SYS_prlimit64, 0, limit.resource, &limit.soft, nullptr);
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

long drop_privileges(Cell& cell) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
    const SetUp& plan = *cell.container->plan;
    if (plan.may_map_root != 0) {
        sets[0] = {capability_to_map_root, capability_to_map_root, capability_to_map_root};
        const long result = call(SYS_capset, &header, sets);
        call(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SETFCAP, 0, 0);
        return result;
    }
    if (plan.all_capabilities == 0) {
        return call(SYS_capset, &header, sets);
    }
    // A user other than 0 keeps them over exec as ambient ones only.
    long result = call(SYS_capget, &header, sets);
    for (auto& set : sets) {
        set.inheritable = set.permitted;
    }
    result = result < 0 ? result : call(SYS_capset, &header, sets);
    for (int capability = 0; result >= 0 && capability < 64; ++capability) {
        if (call(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == -EINVAL) {
            break;
        }
    }
    return result;
}

long change_directory(Cell& cell) {
    const char* directory = cell.job.working_directory;
    return directory == nullptr ? 0 : call(SYS_chdir, directory);
}

struct ProgramStep {
    Step step;
    long (*run)(Cell&);
};

constexpr ProgramStep program_steps[] = {
    {Step::job_id_maps, enter_own_user_namespace},
    {Step::job_loopback, raise_own_loopback},
    {Step::session, begin_session},
    {Step::streams, connect_streams},
    {Step::limits, set_limits},
    {Step::drop_privileges, drop_privileges},
    {Step::working_directory, change_directory},
};

Found look_at(const char* path) {
    struct stat status{};
    if (call(SYS_newfstatat, AT_FDCWD, path, &status, 0) < 0) {
        return Found::missing;
    }
    return S_ISDIR(status.st_mode) ? Found::directory : Found::present;
}

/// What Linux cannot execute is a script if its first line is text, as for bash: binary data may
/// follow.
Found look_into(const char* path) {
    char beginning[256];
    const long file = call(SYS_open, path, O_RDONLY | O_CLOEXEC);
    const long length = call(SYS_read, file, beginning, sizeof beginning);
    call(SYS_close, file);
    if (length <= 0) {
        return length == 0 ? Found::empty : Found::present;
    }
    if (length >= SELFMAG && memcmp(beginning, ELFMAG, SELFMAG) == 0) {
        return Found::binary;
    }
    for (long i = 0; i < length && beginning[i] != '\n'; ++i) {
        if (beginning[i] == 0) {
            return Found::binary;
        }
    }
    return Found::script;
}

/// A script without "#!" goes to the shell, as with execvp(3).
long execute_with_shell(Job& job, char* path) {
    static char shell[] = "/bin/sh";
    char** arguments = job.arguments;  // the spare element makes room
    arguments[0] = shell;
    arguments[1] = path;
    return call(SYS_execve, shell, arguments, job.environment);
}

/// How much a failed attempt tells: a file without permission or interpreter says more than the
/// absence of the others.
int weight_of(long result, Found found) {
    if (found == Found::script || (result != -ENOENT && result != -ENOTDIR && result != -EACCES)) {
        return 4;  // not a reason to look further
    }
    return found == Found::present ? 3 : found == Found::directory ? 2 : result == -EACCES ? 1 : 0;
}

/// Tries the candidates in order; comes back only without success. Nothing is reported before the
/// last attempt: a successful one never returns to take it back.
void execute(Cell& cell) {
    Job& job = cell.job;
    long reason = -ENOENT;
    std::uint32_t index = 0;
    Found what = Found::missing;
    int weight = -1;
    for (std::uint32_t i = 0; i < job.candidate_count && weight < 4; ++i) {
        char* path = job.candidates[i];
        long result = call(SYS_execve, path, job.arguments + 1, job.environment);
        const Found found = result == -ENOEXEC ? look_into(path) : look_at(path);
        if (found == Found::script) {
            result = execute_with_shell(job, path);
            result = result == -ENOENT ? -ENOEXEC : result;
        }
        if (weight_of(result, found) > weight) {
            weight = weight_of(result, found);
            reason = result;
            what = found;
            index = i;
        }
    }
    fail(cell, Step::execute, reason, index);
    cell.reply.found = what;
}

}  // namespace

void start_program(void* argument) {
    Cell& cell = *static_cast<Cell*>(argument);
    for (const ProgramStep& step : program_steps) {
        const long result = step.run(cell);
        if (result < 0) {
            fail(cell, step.step, result, cell.reply.index);
            break;
        }
    }
    if (cell.reply.step == Step::none) {
        execute(cell);
    }
    for (;;) {
        call(SYS_exit_group, 127);
    }
}

}  // namespace maelstrom::slot
