// Mounts, devices, networks and roots, as jobs see them.
#include "container/encode.hpp"
#include "container/testing/fixture.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "testing/bare_fork.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace maelstrom::container {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Mounts = ContainerTest;
using Roots = ContainerTest;
using Networks = ContainerTest;
using Kind = job::FileSystemMount::Kind;
using FailureKind = job::NotRun::Kind;

int count_lines(const std::string& text) {
    return static_cast<int>(std::ranges::count(text, '\n'));
}

TEST_F(Mounts, AreOnlyThoseAskedFor) {
    Plan bare = plan();
    bare.mounts = {file_system(Kind::proc, "/proc")};
    const Outcome outcome = run(bare, "cat /proc/self/mountinfo");
    if (is_root_of_host()) {
        EXPECT_THAT(outcome.out, HasSubstr(" /proc/sys ro,"));
    } else {
        EXPECT_EQ(count_lines(outcome.out), 2) << outcome.out;
    }
}

TEST_F(Mounts, OfEveryFileSystemTypeWork) {
    Plan all = plan();
    all.network = job::Network::loopback;
    all.mounts.push_back(file_system(Kind::sys, "/sys"));
    all.mounts.push_back(file_system(Kind::devpts, "/dev/pts"));
    all.mounts.push_back(file_system(Kind::mqueue, "/dev/mqueue"));
    const Outcome outcome = run(all, "ls /sys/class/net; ls /dev/pts; touch /tmp/x && echo tmp; "
                                     "touch /dev/mqueue/q && echo mqueue; ls /proc/2/status");
    EXPECT_EQ(outcome.failure(), "");
    EXPECT_EQ(outcome.out, "lo\nptmx\ntmp\nmqueue\n/proc/2/status\n") << outcome.err;
}

TEST_F(Mounts, OfDevicesWorkAndCannotBeChanged) {
    Plan with_devices = plan();
    with_devices.mounts.emplace_back(job::DevicesMount{
        {job::Device::full, job::Device::null, job::Device::random, job::Device::shm,
         job::Device::tty, job::Device::urandom, job::Device::zero}});
    const Outcome outcome = run(with_devices, "head -c 3 /dev/zero | wc -c; echo x >/dev/null && "
                                              "echo null; head -c 2 /dev/urandom | wc -c; "
                                              "touch /dev/shm/x && echo shm; "
                                              "(echo x >/dev/full) 2>/dev/null || echo full; "
                                              "chmod 777 /dev/null || echo refused");
    EXPECT_EQ(outcome.out, "3\nnull\n2\nshm\nfull\nrefused\n") << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("Read-only file system"));
}

TEST_F(Mounts, OfLocalDirectoriesAndFilesAreSharedWithTheHost) {
    directory_.write("host/inner/file", "host file\n");
    directory_.write("host/single", "single\n");
    Plan bound = plan();
    bound.mounts.emplace_back(job::BindMount{"/mnt/one", directory_ / "host", false});
    bound.mounts.emplace_back(job::BindMount{"/mnt/file", directory_ / "host/single", true});
    const Outcome outcome =
        run(bound, "cat /mnt/one/inner/file /mnt/file; echo new >/mnt/one/made; echo x >/mnt/file");
    EXPECT_EQ(outcome.out, "host file\nsingle\n");
    EXPECT_THAT(outcome.err, HasSubstr("Read-only file system"));
    EXPECT_EQ(sys::read_file(directory_ / "host/made", util::Bytes{100}).value_or("?"), "new\n");
}

TEST_F(Mounts, OfLocalDirectoriesAreWrittenToAsTheCaller) {
    directory_.write("host/secret", "for the caller\n", 0600);
    Plan bound = plan();
    bound.user = 1234;
    bound.group = 4321;
    bound.mounts.emplace_back(job::BindMount{"/mnt/one", directory_ / "host", false});
    const Outcome outcome = run(bound, "cat /mnt/one/secret; stat -c %u:%g /mnt/one/secret; "
                                       "mkdir /mnt/one/made; touch /mnt/one/made/file");
    EXPECT_EQ(outcome.out, "for the caller\n1234:4321\n") << outcome.err;
    struct stat made{};
    ASSERT_EQ(::stat((directory_ / "host/made/file").c_str(), &made), 0);
    EXPECT_EQ(made.st_uid, ::geteuid());
    EXPECT_EQ(made.st_gid, ::getegid());
}

TEST_F(Mounts, OfLocalDirectoriesCanBeReadOnly) {
    directory_.write("host/file", "");
    Plan bound = plan();
    bound.mounts.emplace_back(job::BindMount{"/mnt/one", directory_ / "host", true});
    EXPECT_THAT(run(bound, "touch /mnt/one/x; chmod 700 /mnt/one/file").err,
                AllOf(HasSubstr("/mnt/one/x: Read-only"), HasSubstr("/mnt/one/file: Read-only")));
}

TEST_F(Mounts, KeepTheirOrder) {
    directory_.write("host/file", "");
    ASSERT_TRUE(sys::make_directories(directory_ / "host/sub"));
    Plan stacked = plan();
    stacked.mounts.emplace_back(job::BindMount{"/mnt/one", directory_ / "host", true});
    stacked.mounts.push_back(file_system(Kind::tmp, "/mnt/one/sub"));
    stacked.mounts.push_back(file_system(Kind::tmp, "/mnt/two"));
    stacked.mounts.emplace_back(job::BindMount{"/mnt/two", directory_ / "host", true});
    const Outcome outcome = run(stacked, "touch /mnt/one/sub/x && ls /mnt/one/sub /mnt/two");
    EXPECT_EQ(outcome.out, "/mnt/one/sub:\nx\n\n/mnt/two:\nfile\nsub\n") << outcome.err;
}

TEST_F(Mounts, FollowLinksInsideTheContainerOnly) {
    ASSERT_TRUE(sys::symlinkat("/mnt/two", AT_FDCWD, base_ + "/absolute"));
    ASSERT_TRUE(sys::symlinkat("../../../../mnt/one", AT_FDCWD, base_ + "/climbing"));
    directory_.write("host/file", "");
    Plan linked = plan();
    linked.mounts.push_back(file_system(Kind::tmp, "/absolute"));
    linked.mounts.emplace_back(job::BindMount{"/climbing", directory_ / "host", true});
    const Outcome outcome = run(linked, "touch /mnt/two/x && ls /mnt/two /mnt/one");
    EXPECT_EQ(outcome.out, "/mnt/one:\nfile\n\n/mnt/two:\nx\n") << outcome.text();
}

TEST_F(Mounts, OfHostTreesAreReadOnly) {
    Plan host = plan();
    host.lowers.insert(host.lowers.begin(), layer("stubs", {"usr/"}));
    host.mounts.emplace_back(job::HostTreeMount{"/usr"});
    const Outcome outcome = run(host, "ls -d /usr/bin; touch /usr/x");
    EXPECT_EQ(outcome.out, "/usr/bin\n");
    EXPECT_THAT(outcome.err, HasSubstr("Read-only file system"));
}

TEST_F(Mounts, NameAMountPointThatIsMissing) {
    Plan missing = plan();
    missing.mounts.push_back(file_system(Kind::tmp, "/not/there"));
    const Outcome fresh = run(missing, "true");
    EXPECT_EQ(fresh.failure(), "mounting tmp at \"/not/there\": No such file or directory; a mount "
                               "point must exist in the layers: add the stub \"/not/there/\"");
    EXPECT_EQ(fresh.failure_kind(), FailureKind::execution);
    missing.mounts.back() = job::BindMount{"/not/there", directory_.path(), true};
    const Outcome bound = run(missing, "true");
    EXPECT_THAT(bound.failure(), StartsWith("mounting bind at \"/not/there\": No such file"));
    EXPECT_EQ(bound.failure_kind(), FailureKind::execution);
}

TEST_F(Mounts, SayWhenAMountPointIsAFile) {
    Plan wrong = plan();
    wrong.mounts.push_back(file_system(Kind::tmp, "/mnt/file"));
    const Outcome outcome = run(wrong, "true");
    EXPECT_THAT(outcome.failure(), HasSubstr("it is a file; write the stub as \"/mnt/file/\""));
    EXPECT_EQ(outcome.failure_kind(), FailureKind::execution);
}

/// With a root that all jobs share mounts are attached once; with one of the job's own, each time.
const job::Root both_roots[] = {job::ReadOnlyRoot(), job::WritableRoot()};

TEST_F(Mounts, OfTheWrongKindAreTheirAuthorsErrors) {
    directory_.write("a file", "");
    struct {
        job::Mount mount;
        std::string failure;
    } cases[] = {
        {job::BindMount{"/mnt/one", directory_ / "a file", true},
         fmt::format("mounting bind at \"/mnt/one\": Is a directory; it is a directory, and the "
                     "local path \"{}\" is a file; write the stub as \"/mnt/one\"",
                     directory_ / "a file")},
        {job::BindMount{"/mnt/file", directory_.path(), true},
         fmt::format("mounting bind at \"/mnt/file\": Not a directory; it is a file, and the "
                     "local path \"{}\" is a directory; write the stub as \"/mnt/file/\"",
                     directory_.path())},
        {job::BindMount{"/mnt/file/below", directory_.path(), true},
         "mounting bind at \"/mnt/file/below\": Not a directory; \"/mnt/file\" is a file, and "
         "nothing can lie below it; write its stub as \"/mnt/file/\", or mount elsewhere"},
        {file_system(Kind::tmp, "/mnt/file/below"),
         "mounting tmp at \"/mnt/file/below\": Not a directory; \"/mnt/file\" is a file, and "
         "nothing can lie below it; write its stub as \"/mnt/file/\", or mount elsewhere"},
    };
    for (const auto& [mount, failure] : cases) {
        Plan wrong = plan();
        wrong.mounts.push_back(mount);
        for (const job::Root& root : both_roots) {
            wrong.root = root;
            const Outcome outcome = run(wrong, "true");
            EXPECT_EQ(outcome.failure(), failure);
            EXPECT_EQ(outcome.failure_kind(), FailureKind::execution);
        }
    }
}

TEST_F(Mounts, OfDevicesNeedFiles) {
    Plan wrong = plan();
    wrong.lowers = {layer("directories", {"dev/null/"}), wrong.lowers.front()};
    wrong.mounts.emplace_back(job::DevicesMount{{job::Device::null}});
    for (const job::Root& root : both_roots) {
        wrong.root = root;
        const Outcome outcome = run(wrong, "true");
        EXPECT_EQ(outcome.failure(), "mounting device at \"/dev/null\": Is a directory; it is a "
                                     "directory; write the stub as \"/dev/null\"");
        EXPECT_EQ(outcome.failure_kind(), FailureKind::execution);
    }
}

TEST_F(Mounts, NameALocalPathThatIsMissing) {
    Plan missing = plan();
    missing.mounts.emplace_back(job::BindMount{"/mnt/one", "/no/such/path", true});
    const Outcome outcome = run(missing, "true");
    EXPECT_EQ(outcome.failure(), "mounting bind at \"/mnt/one\": local path \"/no/such/path\": No "
                                 "such file or directory");
    EXPECT_EQ(outcome.failure_kind(), FailureKind::execution);
}

/// A fresh /mnt in which /mnt/one and a file of the layers stay in sight.
job::FreshPlaceMount fresh_place() {
    using enum job::FreshPlaceMount::Entry::Kind;
    return {.path = "/mnt",
            .entries = {{.path = "/mnt/file"},
                        {.path = "/mnt/link", .kind = link, .target = "one/x"},
                        {.path = "/mnt/made/here", .kind = directory},
                        {.path = "/mnt/one"}}};
}

TEST_F(Mounts, OfFreshPlacesKeepWhatIsNamed) {
    directory_.write("host/x", "bound\n");
    Plan fresh = plan();
    fresh.mounts.emplace_back(job::BindMount{"/mnt/one", directory_ / "host", true});
    fresh.mounts.emplace_back(fresh_place());
    const auto slot = start(fresh);
    for (int i = 0; i < 2; ++i) {
        const Outcome outcome =
            run(*slot, "cat /mnt/link; cat /mnt/file; touch /mnt/new "
                       "/mnt/made/new /mnt/made/here/new; ls /mnt; ls /mnt/made; "
                       "touch /mnt/one/y /y");
        EXPECT_EQ(outcome.failure(), "");
        EXPECT_EQ(outcome.out, "bound\nfile\nlink\nmade\nnew\none\nhere\nnew\n");
        EXPECT_THAT(outcome.err, AllOf(HasSubstr("/mnt/one/y: Read-only file system"),
                                       HasSubstr("/y: Read-only file system")));
    }
}

TEST_F(Mounts, OfFreshPlacesAreNoneInAWritableRoot) {
    Plan fresh = plan();
    fresh.root = job::WritableRoot();
    fresh.mounts.emplace_back(fresh_place());
    EXPECT_EQ(run(fresh, "grep -c /mnt /proc/self/mountinfo; touch /mnt/one/x && ls /mnt/one").out,
              "0\nx\n");
}

TEST_F(Mounts, OfTmpObeyTheirSize) {
    Plan small = plan();
    small.limits.tmp = util::Bytes{1 << 20};
    EXPECT_THAT(run(small, "dd if=/bin/busybox of=/tmp/x bs=65536").err,
                HasSubstr("No space left on device"));
}

// ----------------------------------------------------------------------------------------------------

TEST_F(Roots, AreReadOnlyByDefault) {
    EXPECT_THAT(run(plan(), "touch /x; cat /etc/motd").err, HasSubstr("Read-only file system"));
}

TEST_F(Roots, OfSeveralLayersShowTheTopMostFile) {
    Plan two = plan();
    two.lowers.insert(two.lowers.begin(), layer("top", {"etc/motd", "etc/more"}));
    const Outcome outcome = run(two, "cat /etc/motd /etc/more; ls /bin/sh; touch /x");
    EXPECT_EQ(outcome.out, "from top\nfrom top\n/bin/sh\n");
    EXPECT_THAT(outcome.err, HasSubstr("Read-only file system"));
}

TEST_F(Roots, CanBeWrittenToAndForgetEverything) {
    Plan writable = plan();
    writable.root = job::WritableRoot{};
    const auto slot = start(writable);
    // Older kernels cannot make a directory of the layers again (Machine::tmpfs_user_attributes).
    const bool can = machine_.tmpfs_user_attributes || machine_.scratch_on_disk;
    const std::string again = can ? "mkdir /mnt/one; " : "";
    const Outcome first = run(*slot, "echo new >/etc/motd; touch /x; rm -r /mnt/one; " + again +
                                         "mv /mnt/two /mnt/three && cat /etc/motd; ls / /mnt");
    EXPECT_THAT(first.out, AllOf(StartsWith("new\n"), HasSubstr("x\n"), HasSubstr("three\n")));
    EXPECT_EQ(first.err, "");
    const Outcome second = run(*slot, "cat /etc/motd; ls /mnt; ls /x");
    EXPECT_EQ(second.out, "from the layer\nfile\none\ntwo\n");
}

/// What kernels need whose tmpfs keeps no attributes works on all.
TEST_F(Roots, CanKeepWhatIsWrittenOnDisk) {
    machine_.scratch_on_disk = true;
    const std::string scratch = directory_ / "scratch";
    const auto written = [&] { return sys::list_directory(*sys::open(scratch, O_RDONLY)).value(); };
    slot_maker_ = LinuxSlotMaker::create(machine_, scratch).value();
    Plan writable = plan();
    writable.root = job::WritableRoot{};
    auto slot = start(writable);
    const std::string deep = "d=/; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do d=$d/deeper; mkdir $d; "
                             "touch $d/.1 $d/file; mkdir $d/.2 $d/.2/x; done; chmod 0 /deeper";
    for (int i = 0; i < 12; ++i) {
        const Outcome first =
            run(*slot, "echo new >/etc/motd; touch /x; rm -r /mnt/one; mkdir /mnt/one; rmdir "
                       "/mnt/one; mv /mnt/two /mnt/three && ls / /mnt && cat /etc/motd; " +
                           deep);
        EXPECT_THAT(first.out, AllOf(HasSubstr("x\n"), HasSubstr("three\n"), HasSubstr("new\n")));
        EXPECT_EQ(first.err, "") << first.failure();
        const Outcome second = run(*slot, "cat /etc/motd; ls /mnt; ls -d /x /deeper");
        EXPECT_EQ(second.out, "from the layer\nfile\none\ntwo\n") << second.failure();
    }
    EXPECT_EQ(written().size(), 1U);
    slot.reset();
    while (!written().empty()) {
        ::sched_yield();  // a slot that takes its time to end keeps its directory
    }
}

TEST_F(Roots, KeepTheModeOfTheLayersWhenWritable) {
    ASSERT_EQ(::chmod(base_.c_str(), 01755), 0);
    Plan writable = plan();
    writable.root = job::WritableRoot{};
    EXPECT_EQ(run(writable, "stat -c %a /").out, "1755\n");
}

TEST_F(Roots, TakeSharedAndFreshMountsWhenWritable) {
    directory_.write("host/file", "host\n");
    Plan writable = plan();
    writable.root = job::WritableRoot{};
    writable.mounts.emplace_back(job::BindMount{"/mnt/one", directory_ / "host", true});
    writable.mounts.emplace_back(job::BindMount{"/mnt/file", directory_ / "host/file", true});
    writable.mounts.emplace_back(job::DevicesMount{{job::Device::null, job::Device::shm}});
    const Outcome outcome = run(writable, "cat /mnt/one/file /mnt/file; echo x >/dev/null && touch "
                                          "/dev/shm/a && echo devices");
    EXPECT_EQ(outcome.out, "host\nhost\ndevices\n") << outcome.err << outcome.failure();
}

TEST_F(Roots, KeepTheirChangesWhenCaptured) {
    const std::string upper = layer("changes/upper", {});
    const std::string work = layer("changes/work", {});
    Plan captured = plan();
    captured.root = job::CapturedRoot{upper, work};
    const auto slot = start(captured);
    ASSERT_EQ(run(*slot, "echo kept >/etc/kept; rm /etc/motd").err, "");
    EXPECT_EQ(sys::read_file(upper + "/etc/kept", util::Bytes{100}).value_or("?"), "kept\n");
    struct stat whiteout{};
    ASSERT_EQ(::lstat((upper + "/etc/motd").c_str(), &whiteout), 0);
    EXPECT_TRUE(S_ISCHR(whiteout.st_mode) && whiteout.st_rdev == 0);
    struct stat kept{};
    ASSERT_EQ(::stat((upper + "/etc/kept").c_str(), &kept), 0);
    EXPECT_EQ(kept.st_uid, ::geteuid());
    EXPECT_EQ(kept.st_gid, ::getegid());
    EXPECT_EQ(run(*slot, "cat /etc/kept; ls /etc").out, "kept\nkept\n");
}

// ----------------------------------------------------------------------------------------------------

TEST_F(Networks, HaveNoInterfaceUpWhenDisabled) {
    EXPECT_EQ(run(plan(), probe_job({"tcp-cycle", "8080"})).out, "connect: ENETUNREACH\n");
}

TEST_F(Networks, HaveALoopbackInterfaceAndLowPortsWhenAskedFor) {
    Plan loopback = plan();
    loopback.network = job::Network::loopback;
    EXPECT_EQ(run(loopback, probe_job({"tcp-cycle", "80"})).out, "tcp: ok\n");
    loopback.capabilities = job::Capabilities::all;
    EXPECT_EQ(run(loopback, probe_job({"tcp-cycle", "80"})).out, "tcp: ok\n");
}

TEST_F(Networks, AreTheHostsWhenLocal) {
    Plan local = plan();
    local.network = job::Network::local;
    const auto own = sys::readlinkat(AT_FDCWD, "/proc/self/ns/net");
    ASSERT_TRUE(own) << own.error().message();
    EXPECT_THAT(run(local, probe_job({"network"})).out, StartsWith(*own + "\n"));
}

/// A tree of the host below which something is mounted, and a job that looks at it.
class HostTreeMounts : public ContainerTest {
protected:
    void SetUp() override {
        ContainerTest::SetUp();
        for (const char* name : {"file", "directory/x", "gone/x/y", "other/x", "seen"}) {
            directory_.write(std::string("host/") + name, "host's");
        }
    }
    Plan plan_with_tree() const {
        Plan host = plan();
        host.lowers.insert(host.lowers.begin(), layer("stubs", {tree_.substr(1) + "/"}));
        host.mounts.pop_back();  // a fresh /tmp would hide the tree
        host.mounts.emplace_back(job::HostTreeMount{tree_});
        return host;
    }
    /// In a child process: whether a job sees nothing of what is foreign and all of the rest.
    bool hides_foreign_mounts(const Plan& plan) {
        const Outcome outcome = run(
            plan, fmt::format("cd {} && cat file && ls directory gone other && cat seen", tree_));
        const bool good = outcome.out == "directory:\n\ngone:\n\nother:\nmounted\nhost's";
        if (!good) {
            std::fputs((outcome.text() + "\n" + outcome.out + outcome.err).c_str(), stderr);
        }
        return good;
    }

    const std::string tree_ = directory_ / "host";
};

bool mount_tmpfs(const std::string& place) {
    return ::mount("none", place.c_str(), "tmpfs", 0, "") == 0;
}

bool mount_tmpfs_with(const std::string& place, const std::string& name) {
    return mount_tmpfs(place) &&
           sys::replace_file(place + "/" + name, "mounted", 0644, sys::Durability::cached);
}

int status_of(pid_t child) {
    int status = -1;
    return ::waitpid(child, &status, 0) == child ? status : -1;
}

/// Anybody may mount a tmpfs in namespaces of his own; that some of them are foreign, the mount
/// table says.
TEST_F(HostTreeMounts, HideForeignOnes) {
    const auto line = [&](const std::string& place, const char* type) {
        return fmt::format("1 1 0:1 / {}/{} rw - {} none rw\n", tree_, place, type);
    };
    const std::string table = directory_.write(
        "table", line("file", "fuse.gvfsd") + line("directory", "nfs4") + line("gone/x", "autofs") +
                     line("gone", "tmpfs") + line("other", "tmpfs"));
    slot_maker_ = LinuxSlotMaker::create(machine_, {}, table).value();
    const Plan host = plan_with_tree();
    const std::string foreign_file = directory_.write("foreign", "mounted");
    const pid_t child = maelstrom::testing::bare_fork();
    if (child == 0) {
        const bool mounted = enter_mount_namespace() &&
                             ::mount(foreign_file.c_str(), (tree_ + "/file").c_str(), nullptr,
                                     MS_BIND, nullptr) == 0 &&
                             mount_tmpfs_with(tree_ + "/directory", "secret") &&
                             mount_tmpfs_with(tree_ + "/gone/x", "secret") &&
                             mount_tmpfs(tree_ + "/gone") &&
                             mount_tmpfs_with(tree_ + "/other", "mounted");
        ::_exit(mounted && hides_foreign_mounts(host) ? 0 : 1);
    }
    EXPECT_EQ(status_of(child), 0);
}

/// In a mount namespace of our own: FUSE without anybody who serves it.
bool mount_fuse(const std::string& place, const char* mode) {
    const auto device = sys::open("/dev/fuse", O_RDWR);
    if (!device) {
        return false;
    }
    const int kept = ::dup(device->get());  // the file system ends with it
    const std::string options = fmt::format("fd={},rootmode={},user_id={},group_id={}", kept, mode,
                                            ::geteuid(), ::getegid());
    return ::mount("fuse", place.c_str(), "fuse", 0, options.c_str()) == 0;
}

/// The kernel's own table names it as the test above does. For those who may use the device: there
/// is nothing to hide from the others.
TEST_F(HostTreeMounts, HideFuse) {
    if (::access("/dev/fuse", R_OK | W_OK) != 0) {
        return;
    }
    const Plan host = plan_with_tree();
    const pid_t child = maelstrom::testing::bare_fork();
    if (child == 0) {
        const bool mounted =
            enter_mount_namespace() && mount_fuse(tree_ + "/file", "100644") &&
            mount_fuse(tree_ + "/directory", "40755") && mount_fuse(tree_ + "/gone/x", "40755") &&
            mount_tmpfs(tree_ + "/gone") && mount_tmpfs_with(tree_ + "/other", "mounted");
        slot_maker_ = LinuxSlotMaker::create(machine_).value();
        ::_exit(mounted && hides_foreign_mounts(host) ? 0 : 1);
    }
    EXPECT_EQ(status_of(child), 0);
}

}  // namespace
}  // namespace maelstrom::container
