#include "bench/containers.hpp"

#include "bench/bare_spawn.hpp"
#include "sys/file.hpp"
#include "sys/remove_tree.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace maelstrom::bench {

namespace {

using Kind = job::FileSystemMount::Kind;

const job::DevicesMount seven_devices{{job::Device::full, job::Device::null, job::Device::random,
                                       job::Device::shm, job::Device::tty, job::Device::urandom,
                                       job::Device::zero}};

const container::Launch tiny_launch{
    .program = "/bin/tiny",
    .candidates = {"/bin/tiny"},
};

}  // namespace

void give_up(const std::string& why) {
    std::fprintf(stderr, "bench: %s\n", why.c_str());
    std::exit(1);
}

TinyLayer::TinyLayer() {
    char name[] = "/tmp/container-bench-XXXXXX";
    if (::mkdtemp(name) == nullptr) {
        give_up("mkdtemp failed");
    }
    ::chmod(name, 0755);
    path_ = name;
    for (const char* directory :
         {"bin", "proc", "sys", "tmp", "dev/shm", "dev/pts", "dev/mqueue"}) {
        need(sys::make_directories(path_ + "/" + directory));
    }
    need(sys::make_directories(path_ + "-top"));
    if (!write_tiny_program(program().c_str())) {
        give_up("cannot write " + program());
    }
    for (const char* device : {"null", "zero", "full", "random", "urandom", "tty"}) {
        need(sys::replace_file(path_ + "/dev/" + device, "", 0644, sys::Durability::cached));
    }
}

TinyLayer::~TinyLayer() {
    (void)sys::remove_tree(AT_FDCWD, path_);
    (void)sys::remove_tree(AT_FDCWD, path_ + "-top");
}

container::Plan TinyLayer::standard() const {
    return {
        .lowers = {path_},
        .root = job::ReadOnlyRoot{},
        .mounts = {job::FileSystemMount{Kind::proc, "/proc"},
                   job::FileSystemMount{Kind::tmp, "/tmp"}},
        .network = job::Network::loopback,
        .host_name = container::fixed_host_name,
    };
}

container::Plan TinyLayer::with_devices() const {
    container::Plan plan = standard();
    plan.mounts.push_back(seven_devices);
    return plan;
}

container::Plan TinyLayer::writable() const {
    container::Plan plan = standard();
    plan.root = job::WritableRoot{};
    plan.lowers = {path_ + "-top", path_};
    return plan;
}

container::Plan TinyLayer::everything() const {
    container::Plan plan = writable();
    plan.capabilities = job::Capabilities::all;
    plan.mounts.push_back(seven_devices);
    plan.mounts.push_back(job::FileSystemMount{Kind::sys, "/sys"});
    plan.mounts.push_back(job::FileSystemMount{Kind::devpts, "/dev/pts"});
    plan.mounts.push_back(job::FileSystemMount{Kind::mqueue, "/dev/mqueue"});
    return plan;
}

std::unique_ptr<container::LinuxSlotMaker> slot_maker() {
    return need(container::LinuxSlotMaker::create(need(container::probe())));
}

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

double sustained(const std::function<std::function<void()>()>& make_worker, int jobs) {
    using Clock = std::chrono::steady_clock;
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

double
sustained_slots(container::LinuxSlotMaker& slot_maker, const container::Plan& plan, int jobs) {
    return sustained(
        [&]() -> std::function<void()> {
            // A function is copied, the slot cannot be.
            std::shared_ptr<container::Slot> slot = need(slot_maker.start(plan));
            return [slot] { run_job(*slot); };
        },
        jobs);
}

}  // namespace maelstrom::bench
