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
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace maelstrom::container {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// What the probe says after `prepare` in a child process; "fine" if it has nothing to say.
std::string probe_after(const std::function<bool()>& prepare) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = maelstrom::testing::bare_fork();
    if (child == 0) {
        std::string text = "could not prepare";
        if (prepare()) {
            const auto machine = probe();
            text = machine ? "fine" : machine.error().message();
        }
        (void)!::write(ends[1], text.data(), text.size());
        ::_exit(0);
    }
    ::close(ends[1]);
    const sys::Fd reader(ends[0]);
    const auto text = sys::read_all(reader, util::Bytes{65536});
    ::waitpid(child, nullptr, 0);
    return text.value_or("?");
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

bool deny_system_call(long number, unsigned error) {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog code{sizeof program / sizeof *program, program};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &code) == 0;
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

TEST(Machine, IsFineHere) {
    EXPECT_EQ(probe_after([] { return true; }), "fine");
}

TEST(Machine, IsFineInsideAUserNamespace) {
    EXPECT_EQ(probe_after([] { return become_root_inside(CLONE_NEWNS); }), "fine");
}

TEST(Machine, ThatSwitchesUserNamespacesOffIsToldHowToSwitchThemOn) {
    EXPECT_THAT(probe_after([] {
                    return become_root_inside(0) &&
                           write_to("/proc/sys/user/max_user_namespaces", "0");
                }),
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
