#include "bench/measure.hpp"

#include "bench/bare_spawn.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace maelstrom::bench {

namespace {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

Finished run(const Command& command) {
    std::vector<char*> argv;
    argv.reserve(command.argv.size() + 1);
    for (const std::string& argument : command.argv) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    if (!command.directory.empty() && ::chdir(command.directory.c_str()) != 0) {
        return {};
    }

    const double start = now();
    int pidfd = -1;
    const pid_t pid = clone_and_exec(argv[0], argv.data(), environ, &pidfd);
    if (pid < 0) {
        return {};
    }
    ::close(pidfd);
    int status = 0;
    rusage usage{};
    while (::wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    return {.succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0,
            .seconds = now() - start,
            .peak_memory = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
}

void interleave(std::vector<Case>& cases, unsigned rounds) {
    for (unsigned round = 0; round <= rounds; ++round) {
        for (Case& one : cases) {
            for (unsigned i = 0; i < one.repeat && !one.failed; ++i) {
                const double start = now();
                one.failed = !one.once();
                if (round > 0 && !one.failed) {
                    one.seconds.push_back(now() - start);
                }
            }
        }
    }
}

double median(std::vector<double> samples) {
    if (samples.empty()) {
        return 0;
    }
    const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::ranges::nth_element(samples, middle);
    return *middle;
}

double sustained_bare_rate(const std::string& path, unsigned total) {
    const unsigned launchers = std::max(1U, std::thread::hardware_concurrency());
    const double start = now();
    std::vector<pid_t> children;
    for (unsigned i = 0; i < launchers; ++i) {
        // A process each: threads of one would share a descriptor table and its lock.
        const pid_t pid = ::fork();
        if (pid == 0) {
            bool fine = true;
            for (unsigned n = 0; n < total / launchers && fine; ++n) {
                fine = bare_spawn(path.c_str());
            }
            ::_exit(fine ? 0 : 1);
        }
        children.push_back(pid);
    }
    bool fine = true;
    for (const pid_t pid : children) {
        int status = 0;
        fine = ::waitpid(pid, &status, 0) == pid && status == 0 && fine;
    }
    return fine ? total / (now() - start) : 0;
}

}  // namespace maelstrom::bench
