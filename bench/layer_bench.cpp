// What layers cost: looking at unchanged files, reading new ones, making directories of links,
// unpacking tar files. Each time on a store object of its own, as a new process has it.

#include "bench/measure.hpp"
#include "bench/report.hpp"
#include "layer/builder.hpp"
#include "layer/root.hpp"
#include "layer/tree.hpp"
#include "store/sha256.hpp"
#include "store/store.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace maelstrom {
namespace {

using bench::Budget;
using util::Digest;

constexpr int rounds = 9;

double seconds_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double typical(const std::function<void()>& work) {
    std::vector<double> samples;
    for (int i = 0; i < rounds; ++i) {
        samples.push_back(seconds_of(work));
    }
    return bench::median(std::move(samples));
}

/// Ends the program if a step of the measurement itself fails.
template <class T>
T must(util::Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "layer_bench: %s\n", result.error().message().c_str());
        std::exit(1);
    }
    return std::move(*result);
}

/// Files like those of a Python project: 25 a directory, about 4 KB each, no two alike.
void write_project(const testing::TempDir& dir, const std::string& name, int files) {
    std::string content;
    for (int i = 0; i < files; ++i) {
        content.assign(
            static_cast<std::size_t>(200 + (static_cast<unsigned>(i) * 2654435761U >> 8) % 7800),
            'x');
        content.replace(0, 10, fmt::format("{:010}", i));
        dir.write(fmt::format("{}/p{}/q{}/f{}.py", name, i / 100, i / 25 % 4, i), content);
    }
}

/// A tar file of members as above, about 1 KB each.
std::string tar_of(int files) {
    std::string tar;
    for (int i = 0; i < files; ++i) {
        const std::string content =
            fmt::format("{:0{}}", i, 200 + (static_cast<unsigned>(i) * 2654435761U >> 8) % 1800);
        std::string block(512, '\0');
        const std::string name = fmt::format("p{}/q{}/f{}.py", i / 100, i / 25 % 4, i);
        block.replace(0, name.size(), name);
        block.replace(100, 8, std::string("0000644\0", 8));
        block.replace(124, 12, fmt::format("{:011o}", content.size()) + '\0');
        block.replace(136, 12, std::string("14524767000\0", 12));
        block.replace(148, 9, "        0");
        block.replace(257, 8, std::string("ustar\00000", 8));
        unsigned sum = 0;
        for (const char c : block) {
            sum += static_cast<unsigned char>(c);
        }
        block.replace(148, 7, fmt::format("{:06o}", sum) + '\0');
        tar += block + content + std::string((512 - content.size() % 512) % 512, '\0');
    }
    return tar + std::string(1024, '\0');
}

class LayerBench {
public:
    void run() {
        write_project(dir_, "five", 5'000);
        write_project(dir_, "ten", 10'000);
        settle();
        measure_opening();
        measure_project();
        measure_glob();
        measure_making();
        measure_tar();
        measure_hashing();
        report_.print();
    }
    bool held() const { return report_.all_held(); }

private:
    std::unique_ptr<store::Store> open() {
        return must(store::Store::open({dir_ / "store", {8'000'000'000}}));
    }

    /// Waits until the memos trust the files just written.
    void settle() {
        rest();
        const auto last = must(sys::fstatat(AT_FDCWD, dir_ / "ten/p99/q3/f9999.py"));
        while (!store::is_settled(store::identity_of(last), sys::file_clock())) {
        }
    }

    void row(std::string what, double seconds, std::vector<Budget> budgets = {}) {
        report_.add({.what = std::move(what),
                     .value = bench::show_seconds(seconds),
                     .ratio = {},
                     .budgets = std::move(budgets)});
    }
    static Budget at_most(double value, std::string unit, double measured) {
        return {.kind = Budget::Kind::at_most,
                .value = value,
                .unit = std::move(unit),
                .measured = measured};
    }

    void measure_opening() {
        open();
        row("open a store and ask its memo once", typical([&] {
                const auto store = open();
                (void)store->recall(store::digest_of("nothing"));
            }));
    }

    void measure_project() {
        const job::ProjectLayer project{.root = dir_ / "five"};
        const double cold = seconds_of([&] { build(project); });
        row("project of 5,000 files, new: hash and copy, a file", cold / 5'000);
        (void)materialise(project);
        rest();
        const double warm = typical([&] { build(project); });
        row("project of 5,000 files, unchanged", warm, {at_most(20, "ms", warm * 1e3)});
    }

    void measure_glob() {
        const job::GlobLayer glob{.pattern = "ten/**"};
        const double cold = seconds_of([&] { build(glob); });
        row("glob of 10,000 files, new: hash and copy, a file", cold / 10'000);
        (void)materialise(glob);
        rest();
        const double warm = typical([&] { build(glob); });
        row("glob of 10,000 files, unchanged", warm, {at_most(30, "ms", warm * 1e3)});
    }

    /// As the first job of a run does.
    double materialise(const job::Layer& layer) {
        const auto store = open();
        const Digest digest = must(layer::Builder::create(*store, dir_.path())->build(layer));
        return seconds_of([&] { must(layer::materialise(*store, digest)); });
    }

    /// Lets the disk finish what was asked of it before: the journal would make the next
    /// measurement wait.
    void rest() { ::sync(); }

    void measure_making() {
        // The same blobs under other names: another layer each time.
        std::vector<double> samples;
        for (int i = 0; i < rounds; ++i) {
            const job::PrefixOptions elsewhere{.prepend_prefix = fmt::format("/round{}", i)};
            samples.push_back(materialise(job::GlobLayer{"five/**", elsewhere}));
            rest();
        }
        // The best: after mass deletions ext4 searches long for inodes of new directories.
        const double made = std::ranges::min(samples);
        row("directory of a layer of 5,000 files, a file (best)", made / 5'000,
            {at_most(20, "us", made / 5'000 * 1e6)});

        const auto store = open();
        const job::ProjectLayer project{.root = dir_ / "five"};
        const auto builder = layer::Builder::create(*store, dir_.path());
        const Digest digest = must(builder->build(project));
        const Digest stubs =
            must(builder->build(job::StubsLayer{{"/{proc,sys,dev}/", "/etc/mtab"}}));
        const std::array layers{digest, stubs};
        row("root of two layers, new",
            seconds_of([&] { must(layer::prepare_root(*store, layers)); }));
        row("root of two layers, seen before",
            typical([&] { must(layer::prepare_root(*open(), layers)); }));
        const double whole = typical([&] {
            const auto own = open();
            const auto other = layer::Builder::create(*own, dir_.path());
            must(layer::prepare_root(*own, std::array{must(other->build(project)),
                                                      must(other->build(job::StubsLayer{
                                                          {"/{proc,sys,dev}/", "/etc/mtab"}}))}));
        });
        row("all of a warm start: store, project of 5,000, stubs, root", whole);
    }

    void measure_tar() {
        dir_.write("some.tar", tar_of(100'000));
        rest();
        const double read = seconds_of([&] { build(job::TarLayer{"some.tar"}); });
        row("tar file of 100,000 members, new, a member", read / 100'000);
        const double again = typical([&] { build(job::TarLayer{"some.tar"}); });
        row("tar file of 100,000 members, unchanged", again);
    }

    void measure_hashing() {
        const std::string large(64 << 20, 'x');
        const double hashed = typical([&] { (void)store::digest_of(large); });
        report_.add(
            {.what = "SHA-256 on one core",
             .value = fmt::format("{:.2f} GB/s", static_cast<double>(large.size()) / hashed / 1e9),
             .ratio = {},
             .budgets = {}});
    }

    void build(const job::Layer& layer) {
        const auto store = open();
        (void)must(layer::Builder::create(*store, dir_.path())->build(layer));
    }

    testing::TempDir dir_;
    bench::Report report_{"Layers"};
};

}  // namespace
}  // namespace maelstrom

int main() {
    maelstrom::LayerBench bench;
    bench.run();
    return bench.held() ? 0 : 1;
}
