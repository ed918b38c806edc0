#include "worker/known_machine.hpp"

#include "store/sha256.hpp"
#include "store/store.hpp"
#include "sys/file.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <optional>

namespace maelstrom::worker {

using container::Machine;
using util::Result;

namespace {

/// Which machine, user and surroundings an answer holds for; none if that cannot be told.
std::optional<util::Digest> identity() {
    // A filter may differ from one process to the next.
    if (::prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 0) {
        return std::nullopt;
    }
    const auto boot = sys::read_file("/proc/sys/kernel/random/boot_id", util::Bytes{4096});
    if (!boot) {
        return std::nullopt;
    }
    std::string text = fmt::format("machine 4\n{}{} {}\n", *boot, ::geteuid(), ::getegid());
    // A module that is loaded later changes the answer.
    const auto types = sys::read_file("/proc/filesystems", util::Bytes{1 << 16});
    text += types && types->contains("\toverlay\n") ? "overlay\n" : "no overlay\n";
    for (const char* switched :
         {"/proc/sys/user/max_user_namespaces", "/proc/sys/kernel/unprivileged_userns_clone",
          "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"}) {
        text += sys::read_file(switched, util::Bytes{4096}).value_or("absent\n");
    }
    for (const char* name : {"user", "mnt", "pid", "cgroup"}) {
        text +=
            sys::readlinkat(AT_FDCWD, fmt::format("/proc/self/ns/{}", name)).value_or("unknown") +
            "\n";
    }
    return store::digest_of(text);
}

std::string to_text(const Machine& machine) {
    std::string text = machine.overlay_in_user_namespace ? "+" : "-";
    text += machine.tmpfs_user_attributes ? "+" : "-";
    text += machine.unprivileged_root ? "+" : "-";
    text += machine.scratch_on_disk ? "+" : "-";
    for (const std::string& remark : machine.remarks) {
        text += "\n" + remark;
    }
    return text;
}

std::optional<Machine> from_text(std::string_view text) {
    const auto lines = util::split(text, '\n');
    if (lines[0].size() != 4) {
        return std::nullopt;
    }
    return Machine{
        .overlay_in_user_namespace = lines[0][0] == '+',
        .tmpfs_user_attributes = lines[0][1] == '+',
        .scratch_on_disk = lines[0][3] == '+',
        .unprivileged_root = lines[0][2] == '+',
        .remarks = {lines.begin() + 1, lines.end()},
    };
}

}  // namespace

Result<Machine> known_machine(store::Store& store) {
    const std::optional<util::Digest> key = identity();
    if (key) {
        if (const auto text = store.recall(*key)) {
            if (auto machine = from_text(*text)) {
                return std::move(*machine);
            }
        }
    }
    const std::string directory = TRY(store.make_scratch_directory());
    Machine machine = TRY(container::probe(directory));
    if (key) {
        store.remember(*key, to_text(machine));
    }
    return machine;
}

}  // namespace maelstrom::worker
