// How a program starts: what it finds, how it is found, what is said when it cannot start.
#include "container/delegation.hpp"
#include "container/testing/fixture.hpp"
#include "sys/file.hpp"

#include <gmock/gmock.h>

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

namespace maelstrom::container {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using ProgramStart = ContainerTest;

std::string whole(const sys::Fd& file) {
    ::lseek(file.get(), 0, SEEK_SET);
    return sys::read_all(file, util::Bytes{1000}).value();
}

Launch found_by_path(const std::string& program, const std::string& path) {
    Launch launch{.program = program, .environment = {"PATH=" + path}};
    launch.candidates = look_up_candidates(program, launch.environment);
    return launch;
}

TEST_F(ProgramStart, CollectsOutputAndExitCode) {
    const Outcome outcome = run(plan(), "echo out; echo err >&2; exit 7");
    EXPECT_EQ(outcome.failure(), "");
    EXPECT_EQ(outcome.exit_code(), 7);
    EXPECT_EQ(outcome.out, "out\n");
    EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(ProgramStart, IsProcessTwoOfItsOwnSession) {
    EXPECT_THAT(run(plan(), probe_job({"attributes"})).out,
                HasSubstr("pid 2 ppid 1 pgid 2 sid 2 uid 0 gid 0\n"));
}

TEST_F(ProgramStart, HasADefinedUmaskAndNoSignalsBlockedOrHandledWhateverTheCallerHas) {
    const mode_t mask_before = ::umask(077);
    const auto pipe_before = ::signal(SIGPIPE, SIG_IGN);
    sigset_t blocked;
    sigset_t before;
    ::sigfillset(&blocked);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    const Outcome outcome = run(plan(), probe_job({"attributes"}));
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ::signal(SIGPIPE, pipe_before);
    ::umask(mask_before);
    EXPECT_THAT(outcome.out, HasSubstr("umask 022 blocked 0 handled 0\n"));
}

TEST_F(ProgramStart, HasNoCapabilitiesAndCannotGainAny) {
    EXPECT_THAT(run(plan(), probe_job({"attributes"})).out,
                HasSubstr("nnp 1 caps 000000000 bounding 0 ambient 0\n"));
}

TEST_F(ProgramStart, CannotDoWhatNeedsCapabilities) {
    EXPECT_EQ(run(plan(), probe_job({"become-host"})).out,
              "sethostname: EPERM\nmount: EPERM\nchroot: EPERM\nmknod: EPERM\n");
}

TEST_F(ProgramStart, HasTheUserAndGroupOfItsContainer) {
    Plan other = plan();
    other.user = 1234;
    other.group = 4321;
    EXPECT_THAT(run(other, probe_job({"attributes"})).out,
                AllOf(HasSubstr("uid 1234 gid 4321"), HasSubstr("caps 000000000")));
}

TEST_F(ProgramStart, HasAllCapabilitiesOfItsOwnUserNamespaceWhenAskedFor) {
    Plan all = plan();
    all.capabilities = job::Capabilities::all;
    EXPECT_THAT(run(all, probe_job({"attributes"})).out, HasSubstr("bounding 1"));
    EXPECT_THAT(run(all, probe_job({"use-capabilities"})).out,
                AllOf(HasSubstr("sethostname: ok\nmount: ok\n"),
                      // What we mounted is locked for the job.
                      HasSubstr("umount /proc: EINVAL\n")));
    all.user = 77;
    EXPECT_THAT(run(all, probe_job({"use-capabilities"})).out,
                HasSubstr("sethostname: ok\nmount: ok\n"));
}

TEST_F(ProgramStart, HasOnlyItsThreeStreamsOpen) {
    EXPECT_EQ(run(plan(), probe_job({"descriptors"})).out, "0 1 2 \n");
}

TEST_F(ProgramStart, FindsFilesForWhatItHoldsBackBehindItsStreams) {
    const auto slot = start(plan());
    for (const char* words : {"first", "second"}) {
        OutputPipes pipes = OutputPipes::open().value();
        const sys::Fd out = sys::memfd_create("out", 0).value();
        const sys::Fd err = sys::memfd_create("err", 0).value();
        pipes.streams.held_back = {sys::duplicate(out.get()).value(),
                                   sys::duplicate(err.get()).value()};
        ASSERT_TRUE(slot->run(shell(fmt::format("echo {} out >&3; echo {} err >&4", words, words)),
                              std::move(pipes.streams)));
        EXPECT_EQ(finish(*slot, std::move(pipes)).err, "");
        EXPECT_EQ(whole(out), fmt::format("{} out\n", words));
        EXPECT_EQ(whole(err), fmt::format("{} err\n", words));
    }
}

TEST_F(ProgramStart, FindsThoseFilesBehindALongEnvironment) {
    const auto slot = start(plan());
    OutputPipes pipes = OutputPipes::open().value();
    const sys::Fd out = sys::memfd_create("out", 0).value();
    const sys::Fd err = sys::memfd_create("err", 0).value();
    pipes.streams.held_back = {sys::duplicate(out.get()).value(),
                               sys::duplicate(err.get()).value()};
    Launch launch = shell("echo ${#LONG} >&3; echo err >&4");
    launch.environment.push_back("LONG=" + std::string(100'000, 'x'));
    ASSERT_TRUE(slot->run(launch, std::move(pipes.streams)));
    EXPECT_EQ(finish(*slot, std::move(pipes)).err, "");
    EXPECT_EQ(whole(out), "100000\n");
    EXPECT_EQ(whole(err), "err\n");
}

TEST_F(ProgramStart, CanOpenItsStreamsAgainByName) {
    const Outcome outcome = run(plan(), "echo out >/proc/self/fd/1; echo err >/proc/self/fd/2; "
                                        "cat </proc/self/fd/0");
    EXPECT_EQ(outcome.out, "out\n");
    EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(ProgramStart, ReadsFilesThatOnlyTheCallerMayRead) {
    directory_.write("base/etc/secret", "secret\n", 0600);
    for (const bool writable : {false, true}) {
        Plan other = plan();
        other.user = 1234;
        other.lowers.insert(other.lowers.begin(), layer("top", {"etc/more"}));
        if (writable) {
            other.root = job::WritableRoot{};
        }
        EXPECT_EQ(run(other, "cat /etc/secret; stat -c %u:%a /etc/secret").out,
                  "secret\n1234:600\n");
    }
}

TEST_F(ProgramStart, FindsItsInputAtEndOfFile) {
    EXPECT_EQ(run(plan(), "cat; echo end").out, "end\n");
}

TEST_F(ProgramStart, GetsExactlyTheGivenEnvironment) {
    Launch launch = shell("env");
    launch.program = "/bin/env";
    launch.candidates = {"/bin/env"};
    launch.arguments = {};
    launch.environment = {"A=1", "B=with blank"};
    EXPECT_EQ(run(plan(), launch).out, "A=1\nB=with blank\n");
}

TEST_F(ProgramStart, SeesItsNameAsWrittenInItsFirstArgument) {
    Launch launch = found_by_path("sh", "/nowhere:/bin");
    launch.arguments = {"-c", "echo $0"};
    EXPECT_EQ(run(plan(), launch).out, "sh\n");
}

TEST_F(ProgramStart, TakesMegabytesOfArguments) {
    Launch launch = shell("echo ${#1} ${#2}");
    launch.arguments.insert(launch.arguments.end(),
                            {"x", std::string(120'000, 'a'), std::string(120'000, 'b')});
    EXPECT_EQ(run(plan(), launch).out, "120000 120000\n");
}

TEST_F(ProgramStart, ReportsArgumentsThatAreTooLongForLinux) {
    Launch launch = shell("true");
    launch.arguments.emplace_back(200'000, 'a');
    const Outcome outcome = run(plan(), launch);
    EXPECT_THAT(outcome.failure(), HasSubstr("Argument list too long"));
    EXPECT_EQ(outcome.failure_kind(), job::NotRun::Kind::execution);
}

// ----------------------------------------------------------------------------------------------------
// working directory and look-up

TEST_F(ProgramStart, RunsInItsWorkingDirectory) {
    Launch launch = shell("pwd");
    EXPECT_EQ(run(plan(), launch).out, "/\n");
    launch.working_directory = "/mnt/one";
    EXPECT_EQ(run(plan(), launch).out, "/mnt/one\n");
    launch.working_directory = "mnt/two";
    EXPECT_EQ(run(plan(), launch).out, "/mnt/two\n");
}

TEST_F(ProgramStart, NamesAWorkingDirectoryThatIsMissing) {
    Launch launch = shell("pwd");
    launch.working_directory = "/not/there";
    const Outcome outcome = run(plan(), launch);
    EXPECT_EQ(outcome.failure(),
              "changing to the working directory \"/not/there\": No such file or directory");
    EXPECT_EQ(outcome.failure_kind(), job::NotRun::Kind::execution);
}

TEST_F(ProgramStart, SkipsDirectoriesAndFilesWithoutPermissionOnThePath) {
    Plan two = plan();
    two.lowers.insert(two.lowers.begin(), layer("top", {"a/true/", "b/true", "c/other"}));
    EXPECT_EQ(run(two, found_by_path("true", "/a:/b:/c/other:/bin")).exit_code(), 0);
}

TEST_F(ProgramStart, NamesAProgramThatIsNowhereOnThePath) {
    const Outcome outcome = run(plan(), found_by_path("nonsense", "/bin:/usr/bin"));
    EXPECT_EQ(outcome.failure(), "starting \"nonsense\" in \"/\": No such file or directory; PATH "
                                 "is \"/bin:/usr/bin\"");
    EXPECT_EQ(outcome.failure_kind(), job::NotRun::Kind::execution);
}

TEST_F(ProgramStart, NamesAFileWithoutExecutePermission) {
    Launch launch = shell("");
    launch.program = "/etc/motd";
    launch.candidates = {"/etc/motd"};
    EXPECT_THAT(run(plan(), launch).failure(),
                AllOf(HasSubstr("\"/etc/motd\""), HasSubstr("Permission denied"),
                      HasSubstr("execute permission")));
}

TEST_F(ProgramStart, SaysThatADirectoryIsNoProgram) {
    Launch launch = shell("");
    launch.program = "/etc";
    launch.candidates = {"/etc"};
    EXPECT_THAT(run(plan(), launch).failure(), EndsWith("it is a directory"));
}

TEST_F(ProgramStart, HintsAtAMissingInterpreter) {
    directory_.write("base/bin/script", "#!/usr/bin/python9\n", 0755);
    Launch launch = shell("");
    launch.program = "/bin/script";
    launch.candidates = {"/bin/script"};
    EXPECT_THAT(run(plan(), launch).failure(), AllOf(HasSubstr("interpreter or loader is missing"),
                                                     HasSubstr("shared_library_dependencies")));
}

TEST_F(ProgramStart, GivesAScriptWithoutInterpreterToTheShell) {
    directory_.write("base/bin/script", "echo $0 $1 $#\n", 0755);
    Launch launch = found_by_path("script", "/bin");
    launch.arguments = {"one", "two"};
    EXPECT_EQ(run(plan(), launch).out, "/bin/script one 2\n");
}

TEST_F(ProgramStart, GivesAScriptThatCarriesBinaryDataToTheShell) {
    using namespace std::string_literals;
    directory_.write("base/bin/script", "echo fine; exit 3\n\0\1\2"s, 0755);
    const Outcome outcome = run(plan(), found_by_path("script", "/bin"));
    EXPECT_EQ(outcome.out, "fine\n");
    EXPECT_EQ(outcome.exit_code(), 3);
}

TEST_F(ProgramStart, GivesNoBinaryFileToTheShell) {
    using namespace std::string_literals;
    const std::string foreign = "\x7f"
                                "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\xb7\0\1\0\0\0"s +
                                std::string(40, '\0');
    for (const std::string& content : {foreign, foreign.substr(0, 4), "PK\3\4\0"s, "\0"s}) {
        directory_.write("base/bin/odd", content, 0755);
        const Outcome outcome = run(plan(), found_by_path("odd", "/bin"));
        EXPECT_THAT(
            outcome.failure(),
            AllOf(HasSubstr("starting \"odd\" in \"/\": Exec format error; it is no script, "
                            "and no program that this machine can run"),
                  HasSubstr("cut short")));
        EXPECT_EQ(outcome.failure_kind(), job::NotRun::Kind::execution);
    }
}

TEST_F(ProgramStart, SaysThatAnEmptyFileIsNoProgram) {
    directory_.write("base/bin/empty", "", 0755);
    const Outcome outcome = run(plan(), found_by_path("empty", "/bin"));
    EXPECT_THAT(outcome.failure(), HasSubstr("Exec format error; \"/bin/empty\" is empty"));
    EXPECT_EQ(outcome.failure_kind(), job::NotRun::Kind::execution);
}

TEST_F(ProgramStart, SaysThatAScriptForTheShellHasToBeReadable) {
    directory_.write("base/bin/secret", "echo fine\n", 0111);
    EXPECT_THAT(run(plan(), found_by_path("secret", "/bin")).failure(),
                AllOf(HasSubstr("Exec format error"), HasSubstr("has a read permission")));
}

TEST_F(ProgramStart, SaysThatAScriptHasNoShellToRunIt) {
    Plan bare = plan();
    bare.lowers = {layer("bare", {"dev/", "proc/", "tmp/", "etc/", "mnt/one/", "mnt/two/"})};
    directory_.write("bare/script", "echo fine\n", 0755);
    Launch launch = shell("");
    launch.program = "/script";
    launch.candidates = {"/script"};
    EXPECT_THAT(run(bare, launch).failure(),
                EndsWith("it is a script without \"#!\", and there is no /bin/sh to run it"));
}

TEST_F(ProgramStart, LeavesTheSlotUsableAfterAFailure) {
    const auto slot = start(plan());
    Launch bad = shell("");
    bad.candidates = {"/nothing"};
    ASSERT_NE(run(*slot, bad).failure(), "");
    EXPECT_EQ(run(*slot, "echo fine").out, "fine\n");
}

// ----------------------------------------------------------------------------------------------------
// requests that do not arrive as a whole

void limit_process(pid_t process, __rlimit_resource resource, rlim_t most) {
    const rlimit limit{most, most};
    ASSERT_EQ(::prlimit(process, resource, &limit, nullptr), 0);
}

/// The process of the only slot that waits for the next job.
pid_t next_reaper() {
    std::vector<pid_t> reapers;
    while (reapers.empty()) {
        reapers = children_of(only_slot());
    }
    return reapers.at(0);
}

TEST_F(ProgramStart, IsReportedWhenThereIsNoRoomForItsDescriptors) {
    for (const std::size_t size : {1U, 100'000U}) {
        const auto slot = start(plan());
        limit_process(next_reaper(), RLIMIT_NOFILE, 5);
        Launch launch = shell("true");
        launch.arguments.emplace_back(size, 'a');
        const Outcome outcome = run(*slot, launch);
        EXPECT_THAT(outcome.failure(), HasSubstr("Too many open files")) << size;
        EXPECT_EQ(outcome.failure_kind(), job::NotRun::Kind::system);
        EXPECT_EQ(run(*slot, "true").exit_code(), 0);
    }
}

TEST_F(ProgramStart, IsReportedWhenThereIsNoMemoryForItsArguments) {
    const auto slot = start(plan());
    limit_process(next_reaper(), RLIMIT_AS, 4096);
    Launch launch = shell("true");
    launch.arguments.emplace_back(100'000, 'a');
    const Outcome outcome = run(*slot, launch);
    EXPECT_EQ(outcome.failure(), "handing a request to the slot: Cannot allocate memory");
    EXPECT_EQ(outcome.failure_kind(), job::NotRun::Kind::system);
    EXPECT_EQ(run(*slot, "true").exit_code(), 0);
}

// ----------------------------------------------------------------------------------------------------
// limits

rlim_t within_our_own(__rlimit_resource resource, rlim_t wanted) {
    rlimit own{};
    EXPECT_EQ(::getrlimit(resource, &own), 0);
    return std::min(wanted, own.rlim_max);
}

TEST_F(ProgramStart, HasDefinedResourceLimits) {
    const std::string files = fmt::format("files {}\n", within_our_own(RLIMIT_NOFILE, 4096));
    const std::string stack = fmt::format("stack {}\n", within_our_own(RLIMIT_STACK, 8 << 20));
    EXPECT_THAT(run(plan(), probe_job({"limits"})).out,
                AllOf(HasSubstr("core 0\n"), HasSubstr(files), HasSubstr("cpu -1\n"),
                      HasSubstr(stack), HasSubstr("as -1\n")));
}

TEST_F(ProgramStart, HasTheResourceLimitsOfItsContainer) {
    Plan limited = plan();
    limited.limits.cpu_time = std::chrono::seconds(30);
    limited.limits.files = 64;
    limited.limits.file_size = util::Bytes{4096};
    EXPECT_THAT(run(limited, probe_job({"limits"})).out,
                AllOf(HasSubstr("files 64\n"), HasSubstr("cpu 30\n"), HasSubstr("fsize 4096\n")));
    const Outcome outcome = run(limited, "exec dd if=/bin/busybox of=/tmp/x bs=8192 count=1");
    EXPECT_EQ(outcome.signal(), SIGXFSZ);
    EXPECT_THAT(outcome.ended()->usage.limits_reached, ElementsAre("file_size"));
    const Outcome passed_on = run(limited, "dd if=/bin/busybox of=/tmp/x bs=8192 count=1; exit $?");
    EXPECT_THAT(passed_on.ended()->usage.limits_reached, IsEmpty());
    EXPECT_THAT(passed_on.ended()->usage.limits_probably_reached, ElementsAre("file_size"));
}

TEST_F(ProgramStart, IsEndedBySignalAtItsLimitOfProcessorTime) {
    Plan limited = plan();
    limited.limits.cpu_time = std::chrono::seconds(1);
    const Outcome outcome = run(limited, probe_job({"burn"}));
    EXPECT_EQ(outcome.signal(), SIGXCPU);
    EXPECT_THAT(outcome.ended()->usage.limits_reached, ElementsAre("cpu_time"));
}

TEST_F(ProgramStart, GetsNoMoreMemoryThanItsLimit) {
    Plan limited = plan();
    limited.limits.memory = util::Bytes{64 << 20};
    const Outcome outcome = run(limited, probe_job({"touch-memory", "200"}));
    EXPECT_NE(outcome.out, "memory: ok\n");
    EXPECT_THAT(outcome.ended()->usage.limits_reached, Delegation::find() ? SizeIs(1) : SizeIs(0));
    Plan failing = plan();
    failing.limits.memory = util::Bytes{32 << 20};
    const Outcome half = run(failing, probe_job({"fill-memory"}));
    const job::Usage& usage = half.ended()->usage;
    EXPECT_THAT(usage.limited_by_cgroup ? usage.limits_reached : usage.limits_probably_reached,
                ElementsAre("memory"));
    EXPECT_EQ(run(limited, probe_job({"touch-memory", "8"})).out, "memory: ok\n");
}

TEST_F(ProgramStart, HasNoMoreProcessesThanItsLimitWhereTheMachineCanCountThem) {
    Plan limited = plan();
    limited.limits.processes = 5;
    const auto slot = slot_maker_->start(limited);
    if (!slot) {  // root, without a delegated cgroup
        EXPECT_THAT(slot.error().message(),
                    AllOf(HasSubstr("cannot limit processes here"), HasSubstr("cgroup")));
        return;
    }
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(run(**slot, probe_job({"fork-children", "20"})).out, "4 children\n");
    }
}

TEST_F(ProgramStart, IsRefusedALimitThatTheMachineCannotHoldUnlessItIsBestEffort) {
    Plan limited = plan();
    limited.limits.cpu = 0.5;
    const auto slot = slot_maker_->start(limited);
    if (Delegation::find()) {
        const Outcome outcome = run(**slot, "true");
        ASSERT_NE(outcome.ended(), nullptr);
        EXPECT_TRUE(outcome.ended()->usage.limited_by_cgroup);
        return;
    }
    ASSERT_FALSE(slot);
    EXPECT_THAT(slot.error().message(), HasSubstr("cannot limit cpu here: no delegated cgroup"));
    limited.limits.best_effort = true;
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(run(limited, "true").exit_code(), 0);
    EXPECT_EQ(run(limited, "true").exit_code(), 0);
    const std::string said = ::testing::internal::GetCapturedStderr();
    EXPECT_THAT(said, HasSubstr("cannot limit cpu here: no delegated cgroup"));
    EXPECT_EQ(said.find("cannot limit cpu"), said.rfind("cannot limit cpu")) << "once is enough";
}

TEST_F(ProgramStart, ReportsPeakMemoryAndProcessorTime) {
    const Outcome outcome = run(plan(), probe_job({"touch-memory", "64"}));
    ASSERT_NE(outcome.ended(), nullptr);
    EXPECT_GT(outcome.ended()->usage.peak_memory.value_or(util::Bytes{}).count, 60U << 20);
    EXPECT_GT(outcome.ended()->usage.duration.count(), 0);
    EXPECT_GT((outcome.ended()->usage.cpu_user + outcome.ended()->usage.cpu_system).count(), 0);
}

// ----------------------------------------------------------------------------------------------------
// terminals and names

TEST_F(ProgramStart, HasTheFixedHostNameOrTheGivenOne) {
    Plan named = plan();
    EXPECT_EQ(run(named, "hostname").out, "maelstrom\n");
    named.host_name = "other.example";
    EXPECT_EQ(run(named, "hostname").out, "other.example\n");
}

TEST_F(ProgramStart, RunsOnATerminalOfItsOwnDevpts) {
    Plan with_terminal = plan();
    with_terminal.mounts.push_back(file_system(job::FileSystemMount::Kind::devpts, "/dev/pts"));
    with_terminal.mounts.emplace_back(job::DevicesMount{{job::Device::tty}});
    Launch launch = shell("tty; stty size; echo hello >/dev/tty");
    launch.terminal = job::WindowSize{33, 111};
    const Outcome outcome = run(with_terminal, launch);
    EXPECT_EQ(outcome.exit_code(), 0);
    EXPECT_EQ(outcome.terminal, "/dev/pts/0\r\n33 111\r\nhello\r\n");
}

TEST_F(ProgramStart, HasNoTerminalBeforeItIsKnownToStart) {
    for (const bool own : {false, true}) {
        Plan with_terminal = plan();
        if (own) {
            with_terminal.mounts.push_back(
                file_system(job::FileSystemMount::Kind::devpts, "/dev/pts"));
        }
        const auto slot = start(with_terminal);
        Launch nothing = shell("");
        nothing.candidates = {"/nothing"};
        nothing.terminal = job::WindowSize{12, 34};
        ASSERT_TRUE(slot->run(nothing, {}));
        await_readable(slot->descriptor());
        const auto event = slot->receive();
        ASSERT_TRUE(event);
        EXPECT_TRUE(std::holds_alternative<NotStarted>(*event)) << "own: " << own;
        Launch fine = shell("echo fine");
        fine.terminal = job::WindowSize{12, 34};
        EXPECT_EQ(run(*slot, fine).terminal, "fine\r\n");
    }
}

TEST_F(ProgramStart, RunsOnATerminalOfTheHostWithoutDevpts) {
    Launch launch = shell("stty size; test -t 0 && test -t 1 && test -t 2 && echo all");
    launch.terminal = job::WindowSize{12, 34};
    EXPECT_EQ(run(plan(), launch).terminal, "12 34\r\nall\r\n");
    launch = shell("echo again >/proc/self/fd/1");
    launch.terminal = job::WindowSize{12, 34};
    EXPECT_EQ(run(plan(), launch).terminal, "again\r\n");
}

}  // namespace
}  // namespace maelstrom::container
