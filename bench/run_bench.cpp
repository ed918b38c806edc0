// run_bench PROGRAMS: whole programs against their budgets. PROGRAMS is the folder of
// maelstrom-run.
//
// One job, warm: maelstrom-run of a static `true`, of `true` in the host container of a 5,000-file
// project; beside them /bin/true, and the equal job (static `true`, own namespaces, read-only root,
// /proc, /tmp, no capabilities) through bubblewrap and crun. Then 10,000 jobs in one run, against
// what slots without client and worker do in the same minute. All times next to a bare spawn in the
// same run.

#include "bench/bare_spawn.hpp"
#include "bench/containers.hpp"
#include "bench/measure.hpp"
#include "bench/report.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

namespace maelstrom::bench {

namespace {

namespace fs = std::filesystem;

constexpr unsigned rounds = 31;         // odd: the median is a sample
constexpr unsigned many_jobs = 10'000;  // design, section 13
constexpr int slot_jobs = 3'000;        // of each of two slots
constexpr unsigned project_files = 5'000;

// ----------------------------------------------------------------------------------------------------
// what the cases work on

/// A scratch folder with everything the cases need; removed at the end.
class Workshop {
public:
    Workshop() {
        std::string path = fs::temp_directory_path() / "maelstrom-bench-XXXXXX";
        root_ = ::mkdtemp(path.data());
        fs::permissions(root_, fs::perms(0755));
        for (const char* folder : {"root/dev", "root/proc", "root/sys"}) {
            fs::create_directories(root_ / folder);
        }
        fs::create_directories(root_ / "root/tmp");
        ready_ = write_tiny_program(tiny().c_str()) && write_tiny_program((root_ / "true").c_str());
        ::setenv("XDG_CACHE_HOME", (root_ / "cache").c_str(), 1);
        write_specifications();
        write_project();
        write_bundle();
    }
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;
    ~Workshop() {
        std::error_code ignored;
        fs::current_path("/", ignored);
        fs::remove_all(root_, ignored);
    }

    bool ready() const { return ready_; }
    fs::path root() const { return root_; }
    fs::path tiny() const { return root_ / "root/true"; }
    fs::path one_job() const { return root_ / "one.json"; }
    fs::path all_jobs() const { return root_ / "many.json"; }
    fs::path project() const { return root_ / "project"; }
    fs::path bundle() const { return root_ / "bundle"; }

private:
    void write_specifications() const {
        const std::string container = fmt::format(
            R"("layers":[{{"paths":["{0}/true"],"strip_prefix":"{0}"}},{{"stubs":["/{{proc,tmp}}/"]}}],)"
            R"("mounts":[{{"type":"proc","mount_point":"/proc"}},{{"type":"tmp","mount_point":"/tmp"}}],)",
            root_.native());
        const std::string job = fmt::format("{{{}\"program\":\"/true\"}}\n", container);
        std::ofstream(one_job()) << job;
        std::ofstream many(all_jobs());
        for (unsigned i = 0; i < many_jobs; ++i) {
            many << job;
        }
    }

    /// Files of a few hundred bytes in folders of fifty, as source trees have them.
    void write_project() const {
        for (unsigned i = 0; i < project_files; ++i) {
            const fs::path folder = project() / fmt::format("package_{}", i / 50);
            fs::create_directories(folder);
            std::ofstream(folder / fmt::format("module_{}.py", i))
                << fmt::format("# module {}\n", i) << std::string(400, 'x') << '\n';
        }
    }

    /// The equal job as an OCI bundle.
    void write_bundle() const {
        fs::create_directories(bundle());
        const bool rootless = ::geteuid() != 0;
        const std::string ids = fmt::format(
            R"(,{{"type":"user"}}],"uidMappings":[{{"containerID":0,"hostID":{},"size":1}}],"gidMappings":[{{"containerID":0,"hostID":{},"size":1}}])",
            ::geteuid(), ::getegid());
        std::ofstream(bundle() / "config.json") << fmt::format(
            R"({{"ociVersion":"1.0.0","process":{{"terminal":false,"user":{{"uid":0,"gid":0}},"args":["/true"],"cwd":"/","noNewPrivileges":true,"capabilities":{{}}}},)"
            R"("root":{{"path":"{}","readonly":true}},"hostname":"bench","mounts":[{{"destination":"/proc","type":"proc","source":"proc"}},{{"destination":"/tmp","type":"tmpfs","source":"tmpfs"}}],)"
            R"("linux":{{"namespaces":[{{"type":"pid"}},{{"type":"network"}},{{"type":"ipc"}},{{"type":"uts"}},{{"type":"mount"}}{}}}}})",
            (root_ / "root").native(), rootless ? ids : "]");
    }

    fs::path root_;
    bool ready_ = false;
};

/// crun refuses a machine that has both cgroup versions. For root there is a way: a mount namespace
/// where version 2 covers the folder, entered for crun's runs alone.
class PureCgroups {
public:
    PureCgroups() {
        here_ = ::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
        if (::access("/sys/fs/cgroup/unified", F_OK) != 0 || ::unshare(CLONE_NEWNS) != 0) {
            return;
        }
        if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
            ::mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, nullptr) == 0) {
            there_ = ::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
        }
        ::setns(here_, CLONE_NEWNS);
    }
    PureCgroups(const PureCgroups&) = delete;
    PureCgroups& operator=(const PureCgroups&) = delete;
    ~PureCgroups() {
        ::close(here_);
        ::close(there_);
    }

    Finished run(const Command& command) const {
        if (there_ < 0) {
            return bench::run(command);
        }
        ::setns(there_, CLONE_NEWNS);
        const Finished finished = bench::run(command);
        ::setns(here_, CLONE_NEWNS);
        return finished;
    }

private:
    int here_ = -1;
    int there_ = -1;
};

std::optional<std::string> find_program(const std::string& name) {
    for (const char* folder : {"/usr/bin", "/bin", "/usr/local/bin"}) {
        const fs::path path = fs::path(folder) / name;
        if (::access(path.c_str(), X_OK) == 0) {
            return path.native();
        }
    }
    return std::nullopt;
}

// ----------------------------------------------------------------------------------------------------
// the cases

Case command_case(std::string name, Command command) {
    return {.name = std::move(name),
            .once = [command = std::move(command)] { return run(command).succeeded; }};
}

constexpr const char* bare_name = "bare spawn of a static true";
constexpr const char* true_name = "/bin/true";
constexpr const char* one_name = "maelstrom-run, one static true, warm";
constexpr const char* host_name = "maelstrom-run true, host container, 5,000 files";

std::vector<Case> single_job_cases(const Workshop& shop, const std::string& maelstrom_run) {
    std::vector<Case> cases;
    cases.push_back({.name = bare_name,
                     .once = [path = shop.tiny().native()] { return bare_spawn(path.c_str()); },
                     .repeat = 20});
    cases.push_back(command_case(true_name, {.argv = {"/bin/true"}}));
    cases.back().repeat = 5;
    cases.push_back(
        command_case(one_name, {.argv = {maelstrom_run, "--one", "--file", shop.one_job()}}));
    cases.push_back(
        command_case(host_name, {.argv = {maelstrom_run, "true"}, .directory = shop.project()}));
    if (const auto bwrap = find_program("bwrap")) {
        cases.push_back(command_case(
            "bwrap, the equal job",
            {.argv = {*bwrap, "--unshare-all", "--ro-bind", (shop.root() / "root").native(), "/",
                      "--proc", "/proc", "--tmpfs", "/tmp", "--cap-drop", "ALL", "/true"}}));
    }
    if (const auto crun = find_program("crun")) {
        const Command command{.argv = {*crun, "--cgroup-manager=disabled",
                                       fmt::format("--root={}", (shop.root() / "crun").native()),
                                       "run", fmt::format("--bundle={}", shop.bundle().native()),
                                       fmt::format("bench-{}", ::getpid())}};
        // Copies of a case share the namespaces, hence the pointer.
        cases.push_back({.name = "crun, the equal job",
                         .once = [command, cgroups = std::make_shared<PureCgroups>()] {
                             return cgroups->run(command).succeeded;
                         }});
    }
    return cases;
}

const Case& named(const std::vector<Case>& cases, std::string_view name) {
    return *std::ranges::find(cases, name, &Case::name);
}

void report_single_jobs(const std::vector<Case>& cases, Report& report) {
    const double bare = median(named(cases, bare_name).seconds);
    const double plain = median(named(cases, true_name).seconds);
    for (const Case& one : cases) {
        if (one.failed) {
            report.add({.what = one.name, .value = "failed here"});
            continue;
        }
        const double seconds = median(one.seconds);
        Row row{.what = one.name, .value = show_seconds(seconds), .ratio = seconds / bare};
        if (one.name == one_name) {
            row.budgets = {{.value = 12, .unit = "ms", .measured = seconds * 1e3},
                           {.value = 15, .unit = "x /bin/true", .measured = seconds / plain}};
        }
        if (one.name == host_name) {
            row.budgets = {{.value = 40, .unit = "ms", .measured = seconds * 1e3}};
        }
        report.add(std::move(row));
    }
}

/// 10,000 jobs in one run, between measurements of the bare rate and of the slot's own; the better
/// of three.
void report_many_jobs(const Workshop& shop, const std::string& maelstrom_run, Report& report) {
    const TinyLayer layer;
    const auto slots = slot_maker();
    double bare = 0;
    double own = 0;
    double best = 0;
    std::uint64_t memory = 0;
    for (int attempt = 0; attempt < 3; ++attempt) {
        bare = std::max(bare, sustained_bare_rate(shop.tiny(), many_jobs));
        own = std::max(own, sustained_slots(*slots, layer.standard(), slot_jobs));
        const Finished finished = run({.argv = {maelstrom_run, "--file", shop.all_jobs()}});
        if (!finished.succeeded) {
            report.add({.what = "maelstrom-run, 10,000 x static true", .value = "failed here"});
            return;
        }
        best = std::max(best, many_jobs / finished.seconds);
        memory = std::max(memory, finished.peak_memory);
    }
    report.add({.what = "bare spawns, sustained, all cores", .value = show_rate(bare), .ratio = 1});
    report.add({.what = "slots alone, two at once, equal job",
                .value = show_rate(own),
                .ratio = own / bare});
    report.add({.what = "maelstrom-run, 10,000 x static true",
                .value = show_rate(best),
                .ratio = best / bare,
                .budgets = {{.kind = Budget::Kind::at_least,
                             .value = 0.7,
                             .unit = "x slots alone",
                             .measured = best / own},
                            {.value = 100,
                             .unit = "MB resident",
                             .measured = static_cast<double>(memory) / 1e6}}});
}

int run_all(const std::string& programs) {
    const std::string maelstrom_run = fs::absolute(programs) / "maelstrom-run";
    if (::access(maelstrom_run.c_str(), X_OK) != 0) {
        fmt::print(stderr, "run_bench: there is no {}\n", maelstrom_run);
        return 1;
    }
    const Workshop shop;
    if (!shop.ready()) {
        fmt::print(stderr, "run_bench: cannot prepare {}\n", shop.root().native());
        return 1;
    }
    Report report("whole programs");
    std::vector<Case> cases = single_job_cases(shop, maelstrom_run);
    interleave(cases, rounds);
    report_single_jobs(cases, report);
    report_many_jobs(shop, maelstrom_run, report);
    report.print();
    return report.all_held() ? 0 : 1;
}

}  // namespace

}  // namespace maelstrom::bench

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: run_bench FOLDER-OF-PROGRAMS\n");
        return 2;
    }
    return maelstrom::bench::run_all(argv[1]);
}
