#include "sys/command.hpp"

#include "sys/output_pipe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace maelstrom::sys {

using util::ErrorKind;
using util::fail;
using util::fail_errno;
using util::Result;
using Clock = std::chrono::steady_clock;

namespace {

/// The two records of posix_spawn(3), which must be destroyed.
class SpawnPlan {
public:
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    int prepare(const std::string& directory, int output, int errors);
    Result<pid_t> spawn(const Command& command);

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

int SpawnPlan::prepare(const std::string& directory, int output, int errors) {
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    const std::array results = {
        ::posix_spawnattr_setsigmask(&attributes_, &none),
        ::posix_spawnattr_setsigdefault(&attributes_, &all),
        ::posix_spawnattr_setpgroup(&attributes_, 0),
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                     POSIX_SPAWN_SETPGROUP),
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0),
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO),
        ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO),
        ::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str()),
    };
    const auto failed = std::ranges::find_if(results, [](int result) { return result != 0; });
    return failed == results.end() ? 0 : *failed;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const std::string& text : texts) {
        result.push_back(const_cast<char*>(text.c_str()));  // posix_spawn does not write to them
    }
    result.push_back(nullptr);
    return result;
}

Result<pid_t> SpawnPlan::spawn(const Command& command) {
    std::vector<std::string> words = {command.program};
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, command.program.c_str(), &actions_, &attributes_,
                                    pointers(words).data(), pointers(command.environment).data());
    if (error != 0) {
        return std::unexpected(util::Error::from_errno(error, "start " + command.program));
    }
    return pid;
}

/// One stream of a running command.
class Stream {
public:
    explicit Stream(Fd end) : fd(std::move(end)) {}

    Fd fd;
    std::string text;

    /// Takes of what is there now. Bounded, so that one who writes without end does not keep us
    /// from looking at the clock.
    void drain(std::uint64_t limit) {
        for (int turn = 0; turn < 16 && read_once(limit) > 0; ++turn) {
        }
    }

    /// Takes all that is there now, and not what others may go on to write.
    void drain_rest(std::uint64_t limit) {
        int left = 0;
        if (!fd || ::ioctl(fd.get(), FIONREAD, &left) != 0) {
            return;
        }
        while (left > 0) {
            const std::size_t count = read_once(limit);
            if (count == 0) {
                return;
            }
            left -= static_cast<int>(count);
        }
    }

private:
    /// How many bytes it got. Closes at the end of the stream.
    std::size_t read_once(std::uint64_t limit) {
        std::array<char, 65536> buffer;
        ssize_t size = 0;
        do {
            size = ::read(fd.get(), buffer.data(), buffer.size());
        } while (size < 0 && errno == EINTR);
        if (size > 0) {
            const auto count = static_cast<std::size_t>(size);
            text.append(buffer.data(), std::min<std::size_t>(count, limit - text.size()));
            return count;
        }
        if (size == 0 || errno != EAGAIN) {
            fd.close();
        }
        return 0;
    }
};

Result<Fd> open_process(pid_t pid) {
    Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process) {
        return fail_errno("pidfd_open");
    }
    return process;
}

/// False at the deadline.
bool follow(const Fd& process, Stream& output, Stream& errors, const Command& command) {
    const Clock::time_point deadline = Clock::now() + command.time_limit;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        std::array<pollfd, 3> watched = {{{.fd = process.get(), .events = POLLIN, .revents = 0},
                                          {.fd = output.fd.get(), .events = POLLIN, .revents = 0},
                                          {.fd = errors.fd.get(), .events = POLLIN, .revents = 0}}};
        ::poll(watched.data(), watched.size(),
               static_cast<int>(std::clamp<long>(left.count(), 0, 60'000)));
        output.drain(command.output_limit.count);
        errors.drain(command.output_limit.count);
        if ((watched[0].revents & POLLIN) != 0) {
            output.drain_rest(command.output_limit.count);  // written until its end
            errors.drain_rest(command.output_limit.count);
            return true;
        }
        // Only now: whoever was stopped himself comes too late, not the command.
        if (left.count() <= 0) {
            return false;
        }
    }
}

}  // namespace

Result<CommandResult> run_command(const Command& command) {
    auto [output_read, output_write] = TRY(OutputPipe::open());
    auto [errors_read, errors_write] = TRY(OutputPipe::open());
    SpawnPlan plan;
    if (const int error = plan.prepare(command.directory, output_write.get(), errors_write.get())) {
        return std::unexpected(util::Error::from_errno(error, "posix_spawn"));
    }
    const pid_t pid = TRY(plan.spawn(command));
    output_write.close();
    errors_write.close();

    Stream output(std::move(output_read));
    Stream errors(std::move(errors_read));
    const Result<Fd> process = open_process(pid);
    const bool in_time = process && follow(*process, output, errors, command);
    if (!in_time) {
        ::kill(-pid, SIGKILL);  // our child, not waited for yet: the number is still its own
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!process) {
        return std::unexpected(process.error());
    }
    if (!in_time) {
        return fail(ErrorKind::unavailable, "{} did not end within {} s", command.program,
                    std::chrono::duration<double>(command.time_limit).count());
    }
    return CommandResult{
        .status = status, .output = std::move(output.text), .errors = std::move(errors.text)};
}

}  // namespace maelstrom::sys
