// The probe, in situations that forbid containers; each is made in a process of its own.
#include "container/host_mounts.hpp"
#include "container/machine.hpp"
#include "container/refusal.hpp"
#include "container/testing/fixture.hpp"
#include "sys/file.hpp"
#include "testing/bare_fork.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

namespace maelstrom::container {
namespace {

using ::testing::AllOf;
using testing::enter_mount_namespace;
using ::testing::HasSubstr;

/// What `speak` says in a child process.
std::string said_in_a_child(const std::function<std::string()>& speak) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = maelstrom::testing::bare_fork();
    if (child == 0) {
        const std::string text = speak();
        (void)!::write(ends[1], text.data(), text.size());
        ::_exit(0);
    }
    ::close(ends[1]);
    const sys::Fd reader(ends[0]);
    const auto text = sys::read_all(reader, util::Bytes{65536});
    ::waitpid(child, nullptr, 0);
    return text.value_or("?");
}

/// What the probe says after `prepare` in a child process; "fine" if it has nothing to say, and how
/// long it took is checked.
std::string probe_after(const std::function<bool()>& prepare, const std::string& directory = {}) {
    return said_in_a_child([&]() -> std::string {
        if (!prepare()) {
            return "could not prepare";
        }
        const auto start = std::chrono::steady_clock::now();
        const auto machine = probe(directory);
        const bool is_late = std::chrono::steady_clock::now() - start > std::chrono::seconds(2);
        return (machine ? "fine" : machine.error().message()) + (is_late ? " (too late)" : "");
    });
}

bool write_to(const std::string& path, const std::string& text) {
    const auto file = sys::open(path, O_WRONLY);
    return file && sys::write_all(*file, text);
}

/// A user namespace in which we are root and may change its own switches.
bool become_root_inside(int further) {
    const std::string user = fmt::format("0 {} 1", ::geteuid());
    const std::string group = fmt::format("0 {} 1", ::getegid());
    return ::unshare(CLONE_NEWUSER | further) == 0 && write_to("/proc/self/setgroups", "deny") &&
           write_to("/proc/self/uid_map", user) && write_to("/proc/self/gid_map", group);
}

/// A descriptor if the flags ask for one; negative on failure.
long filter_system_call(long number, unsigned action, unsigned flags = 0) {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog code{sizeof program / sizeof *program, program};
    const int result = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return result < 0 ? result : ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &code);
}

bool deny_system_call(long number, unsigned error) {
    return filter_system_call(number, SECCOMP_RET_ERRNO | error) >= 0;
}

constexpr const char* user_namespaces = "/proc/sys/user/max_user_namespaces";

/// Lets each call go on that a filter holds, and calls `before` with the number of the owner's.
[[noreturn]] void let_go_on(int held, pid_t owner, const std::function<void(int number)>& before) {
    for (int number = 1;;) {
        seccomp_notif call{};
        seccomp_notif_resp answer{};
        if (::ioctl(held, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) {
            ::_exit(1);
        }
        if (static_cast<pid_t>(call.pid) == owner) {
            before(number++);
        }
        answer.id = call.id;
        answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        ::ioctl(held, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    }
}

/// In a user namespace of ours: no room for a further one at that system call that makes one (1 is
/// the first), but at the next.
bool have_no_room_at(int which) {
    const pid_t owner = ::getpid();
    const long held =
        filter_system_call(SYS_clone3, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
    if (held < 0) {
        return false;
    }
    const pid_t helper = maelstrom::testing::bare_fork();
    if (helper == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() == owner) {
            let_go_on(static_cast<int>(held), owner, [=](int number) {
                if (number == which || number == which + 1) {
                    write_to(user_namespaces, number == which ? "0" : "1000");
                }
            });
        }
        ::_exit(0);
    }
    return helper > 0;
}

bool mount_with_room_for(int files, const std::string& directory) {
    return ::mount("room", directory.c_str(), "tmpfs", 0,
                   fmt::format("nr_inodes={}", files).c_str()) == 0;
}

TEST(Probe, SaysNothingRatherThanLessWhereDescriptorsAreShort) {
    // Without descriptors no probe can remove what it has made.
    const maelstrom::testing::TempDir dir;
    const Machine all = *probe(dir.path());
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    int refused = 0;
    for (rlim_t limit = 4; limit < 40; ++limit) {
        const rlimit few{limit, before.rlim_max};
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
        const auto machine = probe(dir.path());
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
        refused += machine ? 0 : 1;
        if (machine) {
            EXPECT_EQ(machine->unprivileged_root, all.unprivileged_root) << limit;
            EXPECT_EQ(machine->overlay_in_user_namespace, all.overlay_in_user_namespace) << limit;
            EXPECT_EQ(machine->remarks, all.remarks) << limit;
        }
    }
    EXPECT_GT(refused, 3);
}

TEST(Probe, SaysNothingOfRootWhenThereWasNoRoomForAMoment) {
    const maelstrom::testing::TempDir dir;
    // What the disk can do is asked first, where that matters.
    const bool asks_the_disk = !probe(dir.path())->tmpfs_user_attributes &&
                               ::setxattr(dir.path().c_str(), "user.test", "y", 1, 0) == 0;
    const int which = asks_the_disk ? 2 : 1;
    EXPECT_THAT(
        probe_after([&] { return become_root_inside(CLONE_NEWNS) && have_no_room_at(which); },
                    dir.path()),
        HasSubstr("making a user namespace: No space left on device"));
}

TEST(Probe, AsksNoOtherFileSystemWhereThereIsNoRoom) {
    const maelstrom::testing::TempDir dir;
    EXPECT_THAT(
        probe_after([&] { return enter_mount_namespace() && mount_with_room_for(1, dir.path()); },
                    dir.path()),
        AllOf(HasSubstr(dir.path()), HasSubstr("No space left on device")));
}

TEST(Probe, SaysNothingOfADiskThatIsFull) {
    const maelstrom::testing::TempDir dir;
    if (!probe(dir.path())->tmpfs_user_attributes) {
        return;  // nor can a tmpfs stand for the disk
    }
    const auto be_older = [] { return deny_system_call(SYS_fsetxattr, EOPNOTSUPP); };
    const auto probe_with_room_for = [&](int files) {
        return probe_after(
            [&] {
                return enter_mount_namespace() && mount_with_room_for(files, dir.path()) &&
                       be_older();
            },
            dir.path());
    };
    EXPECT_THAT(probe_with_room_for(5), HasSubstr("No space left on device"));
    EXPECT_EQ(probe_with_room_for(100), "fine");
}

TEST(SlotMaker, StartsNoSlotAsRootOfTheHostWhenThereIsNoRoomForAMoment) {
    const maelstrom::testing::TempDir dir;
    const auto start = [&]() -> std::string {
        const auto maker = LinuxSlotMaker::create({.unprivileged_root = true});
        if (!maker || !become_root_inside(CLONE_NEWNS) || !write_to(user_namespaces, "0")) {
            return "could not prepare";
        }
        const auto slot = (*maker)->start({.lowers = {dir.path()}, .root = job::ReadOnlyRoot{}});
        return slot ? "started" : slot.error().message();
    };
    // And not what a slot says that is root's own.
    EXPECT_EQ(said_in_a_child(start), "making a user namespace: No space left on device");
}

TEST(Machine, IsFineHere) {
    EXPECT_EQ(probe_after([] { return true; }), "fine");
}

TEST(Machine, IsFineInsideAUserNamespace) {
    EXPECT_EQ(probe_after([] { return become_root_inside(CLONE_NEWNS); }), "fine");
}

TEST(Machine, ThatSwitchesUserNamespacesOffIsToldHowToSwitchThemOn) {
    EXPECT_THAT(probe_after([] { return become_root_inside(0) && write_to(user_namespaces, "0"); }),
                AllOf(HasSubstr("user.max_user_namespaces is 0"),
                      HasSubstr("sysctl -w user.max_user_namespaces=")));
}

TEST(Machine, UnderASystemCallFilterIsToldSo) {
    EXPECT_THAT(probe_after([] { return deny_system_call(SYS_clone3, EPERM); }),
                HasSubstr("a system call filter"));
    EXPECT_THAT(probe_after([] { return deny_system_call(SYS_clone3, ENOSYS); }),
                HasSubstr("a system call filter"));
    EXPECT_THAT(probe_after([] { return deny_system_call(SYS_mount, EPERM); }),
                HasSubstr("a system call filter"));
}

TEST(Machine, WithAMaskedProcIsToldSo) {
    EXPECT_THAT(
        probe_after([] {
            return become_root_inside(CLONE_NEWNS) &&
                   std::ranges::all_of(directories_of_kernel_mounts(), [](const std::string& path) {
                       return ::mount("tmpfs", path.c_str(), "tmpfs", MS_RDONLY, nullptr) == 0;
                   });
        }),
        AllOf(HasSubstr("fresh /proc"), HasSubstr("unmask=ALL")));
}

TEST(Machine, ThatMayNotMapUserZeroAgainIsToldSo) {
    const MachineFacts job_of_root{.filtered = true, .is_root = true, .may_map_root = false};
    EXPECT_THAT(refusal_of_container(slot::Step::id_maps, EPERM, job_of_root).message(),
                AllOf(HasSubstr("CAP_SETFCAP"), HasSubstr("capabilities = \"all\"")));
    if (::geteuid() == 0) {
        EXPECT_THAT(probe_after([] {
                        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
                        __user_cap_data_struct sets[2]{};
                        return ::syscall(SYS_capset, &header, sets) == 0;
                    }),
                    HasSubstr("CAP_SETFCAP"));
    }
}

TEST(Machine, NamesTheSwitchesOfDistributions) {
    EXPECT_THAT(refusal_of_namespaces(EPERM, {.unprivileged_userns_clone = 0}).message(),
                HasSubstr("sysctl -w kernel.unprivileged_userns_clone=1"));
    EXPECT_THAT(
        refusal_of_container(slot::Step::id_maps, EPERM, {.apparmor_restriction = 1}).message(),
        HasSubstr("sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"));
    EXPECT_THAT(refusal_of_namespaces(ENOSPC, {.max_user_namespaces = 100}).message(),
                HasSubstr("in use"));
}

}  // namespace
}  // namespace maelstrom::container
