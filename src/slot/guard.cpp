#include "slot/guard.hpp"

#include "slot/container.hpp"
#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>

namespace maelstrom::slot {

long keep_from_groups(Container& container) {
    const bool own_group = container.plan->own_cgroup != 0;
    if (own_group) {
        call(SYS_unshare, CLONE_NEWCGROUP);  // jobs see their group as "/"; best effort
    }
    const long result = write_file(container.ground, "proc/sys/user/max_cgroup_namespaces", "0");
    return own_group ? result : 0;  // a kernel without control groups has no such file
}

long drop_privileges_of_slot(Container& container) {
    const bool may_map_root = container.plan->may_map_root != 0;
    call(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int capability = 0; capability < 64; ++capability) {
        if (may_map_root && capability == CAP_SETFCAP) {
            continue;
        }
        if (call(SYS_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0) == -EINVAL) {
            break;  // one more than this kernel knows
        }
    }
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
    long result = call(SYS_capget, &header, sets);
    for (auto& set : sets) {
        set.inheritable = 0;
    }
    sets[0].inheritable = may_map_root ? capability_to_map_root : 0;
    result = result < 0 ? result : call(SYS_capset, &header, sets);
    return result < 0 ? result : call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

long install_filter(Container& container) {
    // Best effort, and before the filter forbids it: the caller's session ring is not the jobs'.
    call(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr, 0, 0, 0);

    constexpr auto number = static_cast<std::uint32_t>(offsetof(seccomp_data, nr));
    constexpr auto machine = static_cast<std::uint32_t>(offsetof(seccomp_data, arch));
    constexpr auto family = static_cast<std::uint32_t>(offsetof(seccomp_data, args));  // an int
    constexpr std::uint32_t x32_bit = 0x40000000;
    constexpr std::uint32_t first_native = SYS_add_key;  // then request_key, keyctl
    constexpr std::uint32_t first_i386 = 286;
    constexpr std::uint32_t socket_i386 = 359;
    constexpr std::uint32_t socketpair_i386 = 360;
    const std::uint32_t machine_socket =
        container.plan->net == Net::local ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EAFNOSUPPORT;
    const sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, machine),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 6),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~x32_bit),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 10, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socketpair, 9, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first_native, 0, 11),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, first_native + 2, 10, 6),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, socket_i386, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, socketpair_i386, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first_i386, 0, 5),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, first_i386 + 2, 4, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, family),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_VSOCK, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, machine_socket),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog code{sizeof program / sizeof *program, const_cast<sock_filter*>(program)};
    return call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &code);
}

}  // namespace maelstrom::slot
