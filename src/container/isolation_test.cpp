// Nothing survives: not between two jobs of one slot, not the end of a slot or of its owner. And a
// job has no power over the host, not even root's.
#include "container/testing/fixture.hpp"
#include "sys/file.hpp"
#include "testing/bare_fork.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace maelstrom::container {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

using BetweenJobs = ContainerTest;
using Host = ContainerTest;
using Kind = job::FileSystemMount::Kind;

Plan everything(Plan plan) {
    plan.root = job::WritableRoot{};
    plan.network = job::Network::loopback;
    plan.mounts.emplace_back(job::DevicesMount{
        {job::Device::null, job::Device::shm, job::Device::zero, job::Device::tty}});
    plan.mounts.push_back(file_system(Kind::devpts, "/dev/pts"));
    plan.mounts.push_back(file_system(Kind::mqueue, "/dev/mqueue"));
    return plan;
}

TEST_F(BetweenJobs, NoFileSurvives) {
    const auto slot = start(everything(plan()));
    const Outcome writer = run(*slot, "for d in / /tmp /dev/shm /dev /etc /mnt/one /bin; do touch "
                                      "$d/left; done; rm /etc/motd");
    ASSERT_EQ(writer.err, "");
    EXPECT_EQ(run(*slot, "ls /left /*/left /dev/shm/left 2>/dev/null; cat /etc/motd").out,
              "from the layer\n");
}

TEST_F(BetweenJobs, NoModeOfAnythingSharedSurvives) {
    for (const bool writable : {false, true}) {
        Plan shared = everything(plan());
        if (!writable) {
            shared.root = job::ReadOnlyRoot{};
        }
        const auto slot = start(shared);
        const std::string look = "stat -c '%a %n' /dev/null / /etc /etc/motd /tmp /dev/shm";
        const std::string before = run(*slot, look).out;
        run(*slot, "chmod 700 /dev/null / /etc /etc/motd /tmp /dev/shm");
        EXPECT_EQ(run(*slot, look).out, before);
    }
}

TEST_F(BetweenJobs, NoInterProcessObjectSurvives) {
    const auto slot = start(everything(plan()));
    EXPECT_EQ(run(*slot, probe_job({"make-ipc"})).out, "shm: ok\nsem: ok\nmsg: ok\n");
    EXPECT_EQ(run(*slot, probe_job({"find-ipc"})).out, "shm: ENOENT\nsem: ENOENT\nmsg: ENOENT\n");
    EXPECT_EQ(run(*slot, probe_job({"message-queue", "make"})).out, "mq: ok\n");
    EXPECT_EQ(run(*slot, probe_job({"message-queue", "find"})).out, "mq: ENOENT\n");
}

TEST_F(BetweenJobs, NoSharedMemoryOfPosixSurvives) {
    for (const bool writable : {false, true}) {
        Plan shared = everything(plan());
        if (!writable) {
            shared.root = job::ReadOnlyRoot{};
        }
        const auto slot = start(shared);
        EXPECT_EQ(run(*slot, probe_job({"shared-memory", "make"})).out, "shm: ok\n");
        EXPECT_EQ(run(*slot, probe_job({"shared-memory", "find"})).out, "shm: ENOENT\n");
    }
}

TEST_F(BetweenJobs, NoTimerSurvives) {
    const auto slot = start(plan());
    EXPECT_EQ(run(*slot, probe_job({"make-timers"})).out, "3 timers\n");
    EXPECT_EQ(run(*slot, probe_job({"timers"})).out, "0 timers\n");
}

TEST_F(BetweenJobs, NoTimerOfTheCallerReachesAJob) {
    const itimerval in_a_while{{}, {100, 0}};
    ::setitimer(ITIMER_REAL, &in_a_while, nullptr);
    const std::string out = run(plan(), probe_job({"timers"})).out;
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    EXPECT_EQ(out, "0 timers\n");
}

TEST_F(BetweenJobs, NoSocketSurvives) {
    auto slot = start(everything(plan()));
    const auto run_or_replace = [&](const std::vector<std::string>& what) {
        const Outcome outcome = run(*slot, probe_job(what));
        if (!outcome.ended()->reusable) {
            slot = start(everything(plan()));
        }
        return outcome.out;
    };
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(run_or_replace({"abstract-socket", "stream"}), "bind: ok\n");
        // The same port again and again: the server's side closes first and would wait there.
        ASSERT_EQ(run_or_replace({"tcp-cycle", "8080"}), "tcp: ok\n");
    }
}

TEST_F(BetweenJobs, ASocketThatSurvivesAWhileCostsTheSlot) {
    for (int i = 0; i < 40; ++i) {
        const auto slot = start(everything(plan()));
        // Sockets that are on their way inside each other are collected when Linux finds the time.
        const bool is_one = i % 2 == 0;
        const Outcome outcome = run(*slot, probe_job({is_one ? "lose-one-socket" : "lose-socket"}));
        ASSERT_EQ(outcome.out, "lost\n");
        if (outcome.ended()->reusable) {
            EXPECT_EQ(
                run(*slot, probe_job({"abstract-socket", is_one ? "datagram" : "stream"})).out,
                "bind: ok\n");
        }
    }
}

TEST_F(BetweenJobs, NoSwitchOfTheNetworkSurvivesSinceNoJobReachesIt) {
    for (const std::uint32_t user : {0U, 1000U}) {
        Plan plan = everything(this->plan());
        plan.user = plan.group = user;
        const auto slot = start(plan);
        EXPECT_THAT(
            run(*slot, probe_job({"open-for-writing", "/proc/sys/net/ipv4/ip_default_ttl"})).out,
            AnyOf("open: EACCES\n", "open: EROFS\n"))
            << user;
    }
}

TEST_F(BetweenJobs, NoKeySurvives) {
    EXPECT_EQ(run(plan(), probe_job({"keys"})).out, "keyctl: ENOSYS\nadd_key: ENOSYS\n");
}

TEST_F(BetweenJobs, NoDescriptorFlagSurvives) {
    const auto slot = start(plan());
    ASSERT_EQ(run(*slot, probe_job({"make-nonblocking"})).exit_code(), 0);
    EXPECT_EQ(run(*slot, probe_job({"descriptors"})).out, "0 1 2 \n");
}

TEST_F(BetweenJobs, NeitherHostNameNorMountsSurviveAJobWithCapabilities) {
    Plan all = plan();
    all.capabilities = job::Capabilities::all;
    const auto slot = start(all);
    ASSERT_THAT(run(*slot, probe_job({"use-capabilities"})).out, HasSubstr("sethostname: ok\n"));
    EXPECT_EQ(run(*slot, "hostname").out, "maelstrom\n");
    const std::string mounts = run(*slot, "cat /proc/self/mounts").out;
    ASSERT_THAT(run(*slot, probe_job({"use-capabilities"})).out, HasSubstr("mount: ok\n"));
    EXPECT_EQ(run(*slot, "cat /proc/self/mounts").out, mounts);
}

TEST_F(BetweenJobs, NoProcessIdIsUsedTwiceByOneOfThem) {
    const auto slot = start(plan());
    EXPECT_EQ(run(*slot, "echo $$").out, "2\n");
    EXPECT_EQ(run(*slot, "echo $$").out, "2\n");
}

// ----------------------------------------------------------------------------------------------------

TEST_F(Host, ProtectsTheReaperFromTheJob) {
    EXPECT_EQ(run(plan(), probe_job({"inspect-reaper"})).out,
              "ptrace: EPERM\nmem: EACCES\nenviron: EACCES\nstill here: ok\n");
}

TEST_F(Host, ProtectsTheReaperFromAJobWithCapabilities) {
    Plan all = plan();
    all.capabilities = job::Capabilities::all;
    EXPECT_EQ(run(all, probe_job({"inspect-reaper"})).out,
              "ptrace: EPERM\nmem: EACCES\nenviron: EACCES\nstill here: ok\n");
}

TEST_F(Host, KeepsItsSwitchesFromTheJob) {
    for (const auto capabilities : {job::Capabilities::none, job::Capabilities::all}) {
        Plan guarded = plan();
        guarded.capabilities = capabilities;
        EXPECT_THAT(
            run(guarded, probe_job({"open-for-writing", "/proc/sys/kernel/core_pattern"})).out,
            Not(HasSubstr("ok")));
        EXPECT_THAT(run(guarded, probe_job({"open-for-writing", "/proc/sysrq-trigger"})).out,
                    Not(HasSubstr("ok")));
        EXPECT_THAT(run(guarded, probe_job({"use-capabilities"})).out,
                    AllOf(HasSubstr("umount /proc/sys: "), Not(HasSubstr("umount /proc/sys: ok")),
                          Not(HasSubstr("core_pattern: ok"))));
    }
}

TEST_F(Host, LetsJobsMakeUserNamespacesThatRevealNothing) {
    for (const bool writable : {false, true}) {
        Plan nesting = plan();
        if (writable) {
            nesting.root = job::WritableRoot{};
        }
        const Outcome outcome = run(nesting, probe_job({"nested-user-namespace"}));
        EXPECT_THAT(outcome.out,
                    AllOf(HasSubstr("unshare: ok\n"), HasSubstr("umount /proc: EINVAL\n"),
                          HasSubstr("umount /: EINVAL\n"), HasSubstr("mount tmpfs: ok\n"),
                          Not(HasSubstr("open core_pattern: ok"))));
        // Nothing of the job's /proc is covered, so that Linux grants a fresh one.
        if (!is_root_of_host()) {
            EXPECT_THAT(outcome.out, HasSubstr("mount proc: ok\nopen core_pattern: EACCES\n"));
        }
    }
}

TEST_F(Host, IsNobodysWhoRunsAsUserZeroInside) {
    const Outcome outcome = run(plan(), "cat /proc/self/uid_map /proc/self/gid_map; id -u; id -g; "
                                        "stat -c %u:%g /etc/motd; stat -c %u /proc/sys/kernel");
    if (is_root_of_host()) {
        EXPECT_THAT(outcome.out, EndsWith("0\n0\n0:0\n0\n"));  // guarded instead
        return;
    }
    EXPECT_THAT(outcome.out,
                AllOf(Not(HasSubstr(" 0          1\n")), EndsWith("0\n0\n0:0\n65534\n")));
}

TEST_F(Host, LetsOnlyForkPointsMapTheirUserZeroAgain) {
    const Launch launch = probe_job({"map-own-user"});
    EXPECT_EQ(run(plan(), launch).out, "unshare: ok\nmap: EPERM\n");
    Plan forking = plan();
    forking.fork_point = true;
    EXPECT_EQ(run(forking, launch).out,
              is_root_of_host() ? "unshare: ok\nmap: EPERM\n" : "unshare: ok\nmap: ok\n");
    forking.user = 1234;
    EXPECT_EQ(run(forking, launch).out, "unshare: ok\nmap: ok\n");
    EXPECT_THAT(run(forking, probe_job({"attributes"})).out,
                HasSubstr("nnp 1 caps 000000000 bounding 0 ambient 0\n"));
}

TEST_F(Host, KeepsControlGroupsFromItsJobs) {
    for (const auto capabilities : {job::Capabilities::none, job::Capabilities::all}) {
        Plan guarded = plan();
        guarded.capabilities = capabilities;
        EXPECT_EQ(run(guarded, probe_job({"nested-cgroups"})).out,
                  "unshare: ok\nown view: ENOSPC\nmount: EPERM\nmount old: EPERM\n");
    }
}

TEST_F(Host, KeepsRootsKeysFromItsJobs) {
    if (::geteuid() == 0 && !is_root_of_host()) {
        EXPECT_EQ(run(plan(), "grep -c uid /proc/keys").out, "0\n");
    }
}

TEST_F(Host, IsOutOfReachOfAVirtualMachinesSocketsWithoutTheLocalNetwork) {
    for (const auto capabilities : {job::Capabilities::none, job::Capabilities::all}) {
        for (const auto network : {job::Network::disabled, job::Network::loopback}) {
            Plan alone = plan();
            alone.network = network;
            alone.capabilities = capabilities;
            EXPECT_EQ(run(alone, probe_job({"machine-sockets"})).out,
                      "stream: EAFNOSUPPORT\nsocket: EAFNOSUPPORT\nupper half: EAFNOSUPPORT\n"
                      "socketpair: EAFNOSUPPORT\nx32 socket: EAFNOSUPPORT\n"
                      "x32 socketpair: EAFNOSUPPORT\nother family: EINVAL\nunix: ok\n");
        }
    }
    Plan local = plan();
    local.network = job::Network::local;
    EXPECT_THAT(run(local, probe_job({"machine-sockets"})).out,
                HasSubstr("socket: EINVAL\nupper half: EINVAL\nsocketpair: EINVAL\n"));
}

TEST_F(Host, IsOutOfReachOfAVirtualMachinesSocketsFor32BitProgramsToo) {
    const Launch launch = probe_job({"machine-sockets-of-32-bits"});
    Plan local = plan();
    local.network = job::Network::local;
    const Outcome through_local = run(local, launch);
    const Outcome alone = run(plan(), launch);
    if (through_local.signal() == SIGSEGV) {  // a kernel without these calls
        EXPECT_EQ(alone.signal(), SIGSEGV);
        return;
    }
    EXPECT_EQ(through_local.out, "socket: EINVAL\nsocketpair: EINVAL\nunix: ok\n");
    EXPECT_EQ(alone.out, "socket: EAFNOSUPPORT\nsocketpair: EAFNOSUPPORT\nunix: ok\n");
}

// The guards that remain where a machine or a file system cannot map owners.
TEST_F(Host, KeepsItsSwitchesFromTheJobBehindGuards) {
    machine_.unprivileged_root = false;
    slot_maker_ = LinuxSlotMaker::create(machine_).value();
    for (const auto capabilities : {job::Capabilities::none, job::Capabilities::all}) {
        Plan guarded = plan();
        guarded.capabilities = capabilities;
        for (const char* file : {"/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"}) {
            EXPECT_THAT(run(guarded, probe_job({"open-for-writing", file})).out,
                        Not(HasSubstr("ok")));
        }
        EXPECT_THAT(run(guarded, probe_job({"nested-user-namespace"})).out,
                    AllOf(HasSubstr("unshare: ok\n"), Not(HasSubstr("open core_pattern: ok"))));
    }
}

TEST_F(Host, KeepsItsSwitchesFromAJobThatBindsWhatCannotBeMapped) {
    Plan bound = plan();
    bound.mounts.emplace_back(job::BindMount{"/mnt/one", "/proc/sys", false});
    bound.mounts.emplace_back(job::BindMount{"/mnt/two", "/sys/kernel", true});
    const Outcome outcome =
        run(bound, "test -d /mnt/two/mm && echo bound; echo x >/proc/sys/kernel/core_pattern");
    EXPECT_EQ(outcome.out, "bound\n") << outcome.failure();
    EXPECT_NE(outcome.exit_code(), 0);
}

TEST_F(Host, KeepsSubMountsOfReadOnlyBindsReadOnly) {
    const std::string host = layer("host", {"sub/"});
    Plan bound = plan();
    bound.mounts.emplace_back(job::BindMount{"/mnt/one", host, true});
    const pid_t child = maelstrom::testing::bare_fork();
    if (child == 0) {
        const bool mounted = enter_mount_namespace() &&
                             ::mount("tmpfs", (host + "/sub").c_str(), "tmpfs", 0, nullptr) == 0;
        const Outcome outcome = run(bound, "touch /mnt/one/sub/x");
        const bool refused =
            mounted && outcome.err.find("Read-only file system") != std::string::npos;
        ::_exit(refused ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST_F(Host, ShowsNoPathsOfItsOwnInTheMountTable) {
    Plan two = plan();
    two.root = job::WritableRoot{};
    two.lowers.insert(two.lowers.begin(), layer("top", {"etc/more"}));
    EXPECT_THAT(run(two, "cat /proc/self/mountinfo").out, Not(HasSubstr(directory_.path())));
}

// ----------------------------------------------------------------------------------------------------

/// The ends of all processes that a process has started, theirs and so on.
std::vector<sys::Fd> ends_below(pid_t process) {
    std::vector<sys::Fd> ends;
    for (const pid_t child : children_of(process)) {
        ends.push_back(end_of(child));
        std::ranges::move(ends_below(child), std::back_inserter(ends));
    }
    std::erase_if(ends, [](const sys::Fd& end) { return !end; });  // gone meanwhile
    return ends;
}

/// They need not be ours to wait for.
void await_all(const std::vector<sys::Fd>& ends) {
    for (const sys::Fd& end : ends) {
        await_readable(end.get());
    }
}

TEST_F(Host, LosesEverythingWhenTheSlotIsDropped) {
    auto slot = start(plan());
    auto pipes = OutputPipes::open();
    ASSERT_TRUE(slot->run(probe_job({"leave-orphan-and-wait"}), std::move(pipes->streams)));
    await_readable(pipes->out.get());
    const auto processes = ends_below(::getpid());
    ASSERT_GE(processes.size(), 4U);
    slot.reset();
    await_all(processes);
    while (!children_of(::getpid()).empty()) {
        ::sched_yield();  // somebody else waits for a slot that took its time
    }
}

TEST_F(Host, LosesEverythingWhenTheOwnerIsKilled) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t owner = ::fork();
    if (owner == 0) {
        const auto slot = start(plan());
        auto pipes = OutputPipes::open();
        (void)slot->run(probe_job({"leave-orphan-and-wait"}), std::move(pipes->streams));
        await_readable(pipes->out.get());
        (void)!::write(ready[1], "x", 1);
        for (;;) {
            ::pause();
        }
    }
    ::close(ready[1]);
    char byte = 0;
    const ssize_t length = ::read(ready[0], &byte, 1);
    ::close(ready[0]);
    const auto processes = ends_below(owner);
    ::kill(owner, SIGKILL);
    ::waitpid(owner, nullptr, 0);
    await_all(processes);
    EXPECT_EQ(length, 1) << "it has died before";
    EXPECT_GE(processes.size(), 4U);
}

TEST_F(Host, LosesEverythingWhenTheSlotIsKilled) {
    const auto slot = start(plan());
    auto pipes = OutputPipes::open();
    ASSERT_TRUE(slot->run(probe_job({"leave-orphan-and-wait"}), std::move(pipes->streams)));
    await_readable(pipes->out.get());
    const auto processes = ends_below(::getpid());
    EXPECT_GE(processes.size(), 4U);
    ::kill(only_slot(), SIGKILL);
    await_all(processes);
}

/// Mounts that are shared with others, but with nobody who mounts anything meanwhile.
bool enter_shared_mounts() {
    return enter_mount_namespace() &&
           ::mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr) == 0;
}

TEST_F(Host, KeepsItsMountTable) {
    const auto mounts = [] {
        return sys::read_file("/proc/self/mountinfo", util::Bytes{16 << 20}).value_or("");
    };
    const Plan writable = everything(plan());
    const pid_t child = maelstrom::testing::bare_fork();
    if (child == 0) {
        const bool is_prepared = enter_shared_mounts();
        const std::string before = mounts();
        const bool has_run = is_prepared && run(writable, "true").exit_code() == 0;
        ::_exit(has_run && !before.empty() && mounts() == before ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace maelstrom::container
