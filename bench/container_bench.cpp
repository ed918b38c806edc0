// What a container costs over a bare clone + exec + wait of the same tiny static program, in the
// same run: each round does a block of every case, one after the other, so that all of them meet
// the same noise; medians, and ratios to the bare spawn. Then jobs per second with two slots at
// once. Budgets: design.md section 13.

#include "bench/bare_spawn.hpp"
#include "bench/containers.hpp"
#include "bench/measure.hpp"
#include "bench/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>

namespace maelstrom::bench {

namespace {

struct Timed {
    std::string name;
    std::function<void()> once;
    std::optional<double> budget;  ///< as a ratio
    std::vector<double> samples{};
};

double seconds_of(const std::function<void()>& action) {
    const auto start = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void spawn_bare(const std::string& path) {
    if (!bare_spawn(path.c_str())) {
        give_up("a bare spawn failed");
    }
}

class ContainerBench {
public:
    explicit ContainerBench(int rounds) : rounds_(rounds) {}

    bool run() {
        measure_latency();
        measure_rates();
        report_.print();
        return report_.all_held();
    }

    /// One case alone, for a profiler.
    void loop(std::string_view name, int count) {
        const auto slot = need(slot_maker_->start(name == "writable"     ? layer_.writable()
                                                  : name == "everything" ? layer_.everything()
                                                                         : layer_.standard()));
        const double all = seconds_of([&] {
            for (int i = 0; i < count; ++i) {
                run_job(*slot);
            }
        });
        fmt::print("{}: {} each\n", name, show_seconds(all / count));
    }

private:
    std::function<void()> slot_case(const container::Plan& plan) {
        std::shared_ptr<container::Slot> slot = need(slot_maker_->start(plan));
        run_job(*slot);
        return [slot] { run_job(*slot); };
    }

    void measure_latency() {
        std::vector<Timed> cases = {
            {"bare clone3(VM|VFORK) + exec + wait", [&] { spawn_bare(layer_.program()); }, {}},
            {"container: fresh MNT+PID+IPC, /proc, /tmp, lo", slot_case(layer_.standard()), 3},
            {"container with seven devices", slot_case(layer_.with_devices()), {}},
            {"container with a writable root (overlay on tmpfs)", slot_case(layer_.writable()), 6},
            {"container with own user and network namespaces, all", slot_case(layer_.everything()),
             18},
            {"a new slot and its first job",
             [&] { run_job(*need(slot_maker_->start(layer_.standard()))); },
             {}},
        };
        for (int round = 0; round < rounds_; ++round) {
            for (Timed& one : cases) {
                one.once();  // the first of a block finds cold caches
                for (int i = 1; i < block; ++i) {
                    one.samples.push_back(seconds_of(one.once));
                }
            }
        }
        const double bare = median(cases.front().samples);
        for (Timed& one : cases) {
            const double seconds = median(one.samples);
            Row row{.what = one.name, .value = show_seconds(seconds), .ratio = seconds / bare};
            if (one.budget) {
                row.budgets = {
                    {.value = *one.budget, .unit = "x bare", .measured = seconds / bare}};
            }
            report_.add(std::move(row));
        }
    }

    /// The best of three.
    void measure_rates() {
        const int jobs = rounds_ * 100;
        const auto bare_worker = [&]() -> std::function<void()> {
            return [&] { spawn_bare(layer_.program()); };
        };
        double bare = 0;
        double containers = 0;
        double writables = 0;
        for (int i = 0; i < 3; ++i) {
            bare = std::max(bare, sustained(bare_worker, 2 * jobs));
            containers =
                std::max(containers, sustained_slots(*slot_maker_, layer_.standard(), jobs));
            writables =
                std::max(writables, sustained_slots(*slot_maker_, layer_.writable(), jobs / 2));
        }
        report_.add({.what = "bare spawns, two at once", .value = show_rate(bare), .ratio = 1});
        report_.add({.what = "containers, two slots at once",
                     .value = show_rate(containers),
                     .ratio = containers / bare,
                     .budgets = {{.kind = Budget::Kind::at_least,
                                  .value = 4500,
                                  .unit = "/s",
                                  .measured = containers}}});
        report_.add({.what = "containers with a writable root, two slots",
                     .value = show_rate(writables),
                     .ratio = writables / bare});
    }

    static constexpr int block = 20;
    const int rounds_;
    TinyLayer layer_;
    std::unique_ptr<container::LinuxSlotMaker> slot_maker_ = slot_maker();
    Report report_{"containers"};
};

}  // namespace

}  // namespace maelstrom::bench

int main(int argc, char** argv) {
    using namespace maelstrom::bench;
    if (argc == 4 && std::string_view(argv[1]) == "loop") {
        ContainerBench(0).loop(argv[2], std::atoi(argv[3]));
        return 0;
    }
    return ContainerBench(argc > 1 ? std::atoi(argv[1]) : 20).run() ? 0 : 1;
}
