// What a container costs over a bare clone + exec + wait of the same tiny static program, in the
// same run: each round does a block of every case, one after the other, so that all of them meet
// the same noise; medians, and ratios to the bare spawn. Then jobs per second with two slots at
// once. Budgets: design.md section 13.

#include "container/slot_launcher.hpp"
#include "slot/kernel.hpp"
#include "sys/file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>
#include <vector>

namespace {

using namespace maelstrom;
using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "container_bench: %s\n", why.c_str());
    std::exit(1);
}

template <class T>
T need(util::Result<T> result) {
    if (!result) {
        give_up(result.error().message());
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

/// The smallest program there is: exit(0), as a 64-bit ELF file of one segment.
std::string tiny_program() {
    constexpr std::uint64_t base = 0x400000;
    constexpr std::string_view code = "\x31\xff\xb8\x3c\x00\x00\x00\x0f\x05";
    std::string file("\x7f"
                     "ELF\x02\x01\x01",
                     7);
    file.resize(16);
    const auto put = [&](std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) {
            file += static_cast<char>(value >> (8 * i));
        }
    };
    using namespace std::string_view_literals;
    const std::uint64_t size = 120 + 9;
    put(2, 2), put(62, 2), put(1, 4), put(base + 120, 8), put(64, 8), put(0, 8), put(0, 4);
    put(64, 2), put(56, 2), put(1, 2), put(0, 2), put(0, 2), put(0, 2);
    put(1, 4), put(5, 4), put(0, 8), put(base, 8), put(base, 8), put(size, 8), put(size, 8);
    put(4096, 8);
    file.append(code.data(), 9);
    return file;
}

/// A layer with that program, and what its mounts need.
struct Layer {
    Layer() {
        char name[] = "/tmp/container-bench-XXXXXX";
        if (::mkdtemp(name) == nullptr) {
            give_up("mkdtemp failed");
        }
        ::chmod(name, 0755);
        path = name;
        for (const char* directory :
             {"bin", "proc", "sys", "tmp", "dev/shm", "dev/pts", "dev/mqueue"}) {
            need(sys::make_directories(path + "/" + directory));
        }
        need(sys::make_directories(path + "-top"));
        need(sys::replace_file(path + "/bin/tiny", tiny_program(), 0755, sys::Durability::cached));
        for (const char* device : {"null", "zero", "full", "random", "urandom", "tty"}) {
            need(sys::replace_file(path + "/dev/" + device, "", 0644, sys::Durability::cached));
        }
    }
    ~Layer() {
        (void)sys::remove_tree(AT_FDCWD, path);
        (void)sys::remove_tree(AT_FDCWD, path + "-top");
    }
    std::string path;
};

// ----------------------------------------------------------------------------------------------------
// the floor

struct Bare {
    const char* path;
};

void execute_bare(void* argument) {
    static char name[] = "tiny";
    static char* const arguments[] = {name, nullptr};
    static char* const environment[] = {nullptr};
    slot::call(SYS_execve, static_cast<Bare*>(argument)->path, arguments, environment);
    slot::call(SYS_exit_group, 127);
}

void spawn_bare(const char* path) {
    alignas(16) static thread_local char stack[16 * 1024];
    Bare bare{path};
    clone_args how{};
    how.flags = CLONE_VM | CLONE_VFORK;
    how.exit_signal = SIGCHLD;
    how.stack = reinterpret_cast<std::uint64_t>(stack);
    how.stack_size = sizeof stack;
    const long pid = slot::clone_and_enter(how, execute_bare, &bare);
    int status = 0;
    if (pid < 0 || ::waitpid(static_cast<pid_t>(pid), &status, 0) != pid || status != 0) {
        give_up("a bare spawn failed");
    }
}

// ----------------------------------------------------------------------------------------------------
// containers

container::Plan standard(const std::string& layer) {
    using Kind = job::FileSystemMount::Kind;
    return {
        .lowers = {layer},
        .root = job::ReadOnlyRoot{},
        .mounts = {job::FileSystemMount{Kind::proc, "/proc"},
                   job::FileSystemMount{Kind::tmp, "/tmp"}},
        .network = job::Network::loopback,
        .host_name = container::fixed_host_name,
    };
}

container::Plan writable(const std::string& layer) {
    container::Plan plan = standard(layer);
    plan.root = job::WritableRoot{};
    plan.lowers = {layer + "-top", layer};
    return plan;
}

container::Plan everything(const std::string& layer) {
    using Kind = job::FileSystemMount::Kind;
    container::Plan plan = writable(layer);
    plan.capabilities = job::Capabilities::all;
    plan.mounts.push_back(job::DevicesMount{
        {job::Device::full, job::Device::null, job::Device::random, job::Device::shm,
         job::Device::tty, job::Device::urandom, job::Device::zero}});
    plan.mounts.push_back(job::FileSystemMount{Kind::sys, "/sys"});
    plan.mounts.push_back(job::FileSystemMount{Kind::devpts, "/dev/pts"});
    plan.mounts.push_back(job::FileSystemMount{Kind::mqueue, "/dev/mqueue"});
    return plan;
}

container::Plan with_devices(const std::string& layer) {
    container::Plan plan = standard(layer);
    plan.mounts.push_back(job::DevicesMount{
        {job::Device::full, job::Device::null, job::Device::random, job::Device::shm,
         job::Device::tty, job::Device::urandom, job::Device::zero}});
    return plan;
}

const container::Launch tiny_launch{
    .program = "/bin/tiny",
    .candidates = {"/bin/tiny"},
};

/// One job from asking the slot to its result; the slot may have prepared itself meanwhile or not.
void run_job(container::Slot& slot) {
    container::OutputPipes pipes = need(container::OutputPipes::open());
    need(slot.run(tiny_launch, std::move(pipes.streams)));
    for (;;) {
        pollfd ready{slot.descriptor(), POLLIN, 0};
        ::poll(&ready, 1, -1);
        const auto event = slot.receive();
        if (!event) {
            continue;
        }
        if (const auto* refused = std::get_if<container::NotStarted>(&*event)) {
            give_up(refused->reason.message);
        }
        return;
    }
}

// ----------------------------------------------------------------------------------------------------
// tables

struct Case {
    const char* name;
    std::function<void()> once;
    double budget = 0;  ///< as a ratio
    std::vector<double> samples{};
};

double quantile(std::vector<double> samples, double part) {
    const auto middle =
        samples.begin() + static_cast<long>(part * static_cast<double>(samples.size() - 1));
    std::nth_element(samples.begin(), middle, samples.end());
    return *middle;
}

double microseconds_of(const std::function<void()>& action) {
    const auto start = Clock::now();
    action();
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

void measure(std::vector<Case>& cases, int rounds, int block) {
    for (int round = 0; round < rounds; ++round) {
        for (Case& one : cases) {
            for (int i = 0; i < block; ++i) {
                const double sample = microseconds_of(one.once);
                if (i > 0) {  // the first of a block finds cold caches
                    one.samples.push_back(sample);
                }
            }
        }
    }
}

void print(const std::vector<Case>& cases) {
    const double floor = quantile(cases.front().samples, 0.5);
    std::printf("%-58s %9s %9s %9s %7s %8s\n", "one job, microseconds", "median", "p10", "p90",
                "ratio", "budget");
    for (const Case& one : cases) {
        const double median = quantile(one.samples, 0.5);
        std::printf("%-58s %9.1f %9.1f %9.1f %7.2f", one.name, median, quantile(one.samples, 0.1),
                    quantile(one.samples, 0.9), median / floor);
        if (one.budget > 0) {
            std::printf(" %8.1f%s", one.budget, median / floor <= one.budget ? "" : "  MISSED");
        }
        std::printf("\n");
    }
}

/// Jobs per second with two of them at once, each thread on its own.
double sustained(const std::function<std::function<void()>()>& make_worker, int jobs) {
    std::vector<std::thread> threads;
    std::vector<double> seconds(2);
    for (std::size_t number = 0; number < 2; ++number) {
        threads.emplace_back([&, number] {
            const auto once = make_worker();
            once();
            const auto start = Clock::now();
            for (int i = 0; i < jobs; ++i) {
                once();
            }
            seconds[number] = std::chrono::duration<double>(Clock::now() - start).count();
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    return 2 * jobs / std::max(seconds[0], seconds[1]);
}

/// `container_bench loop CASE COUNT`: one case alone, for a profiler.
int loop(container::SlotLauncher& launcher,
         const Layer& layer,
         const std::string& name,
         int count) {
    const auto slot = need(launcher.start(name == "writable"     ? writable(layer.path)
                                          : name == "everything" ? everything(layer.path)
                                                                 : standard(layer.path)));
    const double each = microseconds_of([&] {
                            for (int i = 0; i < count; ++i) {
                                run_job(*slot);
                            }
                        }) /
                        count;
    std::printf("%s: %.1f us each\n", name.c_str(), each);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 20;
    const Layer layer;
    const std::string program = layer.path + "/bin/tiny";
    const auto launcher = need(container::SlotLauncher::create(need(container::probe())));

    if (argc == 4 && std::string_view(argv[1]) == "loop") {
        return loop(*launcher, layer, argv[2], std::atoi(argv[3]));
    }
    const auto slot_case = [&](const container::Plan& plan) {
        std::shared_ptr<container::Slot> slot = need(launcher->start(plan));
        run_job(*slot);
        return [slot] { run_job(*slot); };
    };
    std::vector<Case> cases = {
        {"bare clone3(VM|VFORK) + exec + wait", [&] { spawn_bare(program.c_str()); }},
        {"standard: fresh MNT+PID+IPC, /proc, /tmp, lo, pipes", slot_case(standard(layer.path)), 3},
        {"standard + seven devices", slot_case(with_devices(layer.path))},
        {"writable root: own overlay on tmpfs", slot_case(writable(layer.path)), 6},
        {"own user namespace, network, overlay, every mount", slot_case(everything(layer.path)),
         18},
        {"a new slot and its first job",
         [&] {
             const auto slot = need(launcher->start(standard(layer.path)));
             run_job(*slot);
         }},
    };
    measure(cases, rounds, 20);
    print(cases);

    const int jobs = rounds * 100;
    const auto worker = [&](const container::Plan& plan) {
        return [&launcher, plan]() -> std::function<void()> {
            std::shared_ptr<container::Slot> slot = need(launcher->start(plan));
            return [slot] { run_job(*slot); };
        };
    };
    const auto bare_worker = [&]() -> std::function<void()> {
        return [&] { spawn_bare(program.c_str()); };
    };
    double bare = 0;
    double containers = 0;
    double writables = 0;
    for (int i = 0; i < 3; ++i) {
        bare = std::max(bare, sustained(bare_worker, 2 * jobs));
        containers = std::max(containers, sustained(worker(standard(layer.path)), jobs));
        writables = std::max(writables, sustained(worker(writable(layer.path)), jobs / 2));
    }
    std::printf("\n%-58s %9s %7s %8s\n", "jobs per second, two at once, best of three", "rate",
                "of bare", "budget");
    std::printf("%-58s %9.0f %7.3f\n", "bare", bare, 1.0);
    std::printf("%-58s %9.0f %7.3f %8d%s\n", "standard container", containers, containers / bare,
                4500, containers >= 4500 ? "" : "  MISSED");
    std::printf("%-58s %9.0f %7.3f\n", "writable root", writables, writables / bare);
    return 0;
}
