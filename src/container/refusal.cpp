#include "container/refusal.hpp"

#include "sys/file.hpp"
#include "util/text.hpp"

#include <linux/capability.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>

namespace maelstrom::container {

using slot::Step;
using util::Error;
using util::ErrorKind;

namespace {

constexpr std::string_view no_containers = "this machine runs no containers: ";

std::string reason(int error) {
    return std::generic_category().message(error);
}

Error refuse(const std::string& why) {
    return {ErrorKind::denied, std::string(no_containers) + why};
}

std::optional<long> number_in(const std::string& file) {
    const auto text = sys::read_file(file, util::Bytes{4096});
    if (!text) {
        return std::nullopt;
    }
    const std::string_view digits = util::trim(*text);
    long number = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return parsed.ec == std::errc() ? std::optional(number) : std::nullopt;
}

std::string own_status() {
    return sys::read_file("/proc/self/status", util::Bytes{64 * 1024}).value_or("");
}

bool is_filtered() {
    return own_status().find("\nSeccomp:\t2") != std::string::npos;
}

bool has_capability(int capability) {
    constexpr std::string_view key = "\nCapEff:\t";
    const std::string status = own_status();
    const std::size_t at = status.find(key);
    std::uint64_t set = 0;
    if (at != std::string::npos) {
        const char* digits = status.data() + at + key.size();
        std::from_chars(digits, status.data() + status.size(), set, 16);
    }
    return (set >> capability & 1) != 0;
}

/// The switches that forbid user namespaces whatever the error looks like.
std::optional<Error> switched_off(const MachineFacts& facts) {
    if (facts.max_user_namespaces == 0) {
        return refuse("user namespaces are switched off (user.max_user_namespaces is 0); as root: "
                      "sysctl -w user.max_user_namespaces=15000");
    }
    if (facts.unprivileged_userns_clone == 0 && !facts.is_root) {
        return refuse("ordinary users may not make user namespaces "
                      "(kernel.unprivileged_userns_clone is 0); as root: "
                      "sysctl -w kernel.unprivileged_userns_clone=1");
    }
    return std::nullopt;
}

std::optional<Error> restricted_by_apparmor(const MachineFacts& facts) {
    if (facts.apparmor_restriction.value_or(0) == 0 || facts.is_root) {
        return std::nullopt;
    }
    return refuse("AppArmor lets ordinary users do nothing in a user namespace "
                  "(kernel.apparmor_restrict_unprivileged_userns is 1); as root: sysctl -w "
                  "kernel.apparmor_restrict_unprivileged_userns=0, or give this program a profile "
                  "with \"userns,\"");
}

constexpr std::string_view filter_cure =
    "; run outside of it, or start it with a filter that allows clone3, unshare and mount for user "
    "namespaces (docker and podman: --security-opt seccomp=unconfined)";

}  // namespace

MachineFacts MachineFacts::gather() {
    return {
        .max_user_namespaces = number_in("/proc/sys/user/max_user_namespaces"),
        .unprivileged_userns_clone = number_in("/proc/sys/kernel/unprivileged_userns_clone"),
        .apparmor_restriction = number_in("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        .has_proc = ::access("/proc/self/uid_map", F_OK) == 0,
        .filtered = is_filtered(),
        .is_root = ::geteuid() == 0,
        .may_map_root = has_capability(CAP_SETFCAP),
    };
}

Error refusal_of_namespaces(int error, const MachineFacts& facts) {
    if (auto off = switched_off(facts)) {
        return *off;
    }
    if (error == ENOSPC || error == EUSERS || error == EAGAIN) {
        return refuse(fmt::format("making namespaces: {}; all that this user may have are in use, "
                                  "or they are nested too deeply: see the sysctls below user.",
                                  reason(error)));
    }
    if (facts.filtered && (error == EPERM || error == ENOSYS || error == EACCES)) {
        return refuse(fmt::format("a system call filter, probably of an outer container, denies "
                                  "user namespaces ({}){}",
                                  reason(error), filter_cure));
    }
    if (auto restricted = restricted_by_apparmor(facts)) {
        return *restricted;
    }
    if (error == ENOSYS || error == EINVAL) {
        return refuse(fmt::format("making namespaces: {}; Linux 5.11 or newer with user namespaces "
                                  "is needed",
                                  reason(error)));
    }
    return refuse(fmt::format("making user namespaces: {}; a security module or a chroot "
                              "environment may forbid it: run outside of it",
                              reason(error)));
}

Error refusal_of_container(Step step, int error, const MachineFacts& facts) {
    if (step == Step::id_maps && !facts.has_proc) {
        return refuse("/proc is not mounted here; mount it: mount -t proc proc /proc");
    }
    if (step == Step::id_maps && error == EPERM && facts.is_root && !facts.may_map_root) {
        return refuse("Linux lets user 0 be user 0 of a further user namespace only with "
                      "CAP_SETFCAP, which jobs and most containers do not have; run as another "
                      "user there, or give the job around this one capabilities = \"all\"");
    }
    if (step == Step::proc || step == Step::mount) {
        return refuse(fmt::format("Linux refuses a fresh /proc ({}), because parts of the one here "
                                  "are hidden, as in most containers; run outside of it, or in one "
                                  "that shows all of /proc (podman: --security-opt unmask=ALL, "
                                  "docker: --privileged)",
                                  reason(error)));
    }
    if (error == EPERM || error == EACCES) {
        if (auto restricted = restricted_by_apparmor(facts)) {
            return *restricted;
        }
        if (facts.filtered) {
            return refuse(fmt::format("a system call filter, probably of an outer container, "
                                      "denies what containers need ({}){}",
                                      reason(error), filter_cure));
        }
    }
    return refuse(
        fmt::format("step {} of building one: {}", static_cast<unsigned>(step), reason(error)));
}

}  // namespace maelstrom::container
