#include "container/plan.hpp"

#include "util/text.hpp"

#include <unistd.h>

namespace maelstrom::container {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

constexpr std::size_t most_lowers = 64;   // slot/wire.hpp
constexpr std::size_t most_mounts = 500;  // devices count one each

Result<void> check_text(std::string_view what, const std::string& text) {
    if (text.find('\0') != std::string::npos) {
        return fail(ErrorKind::invalid, "{} {} contains a NUL byte; Linux cannot express that",
                    what, util::quoted(text));
    }
    return {};
}

/// Absolute, without "." and doubled slashes. ".." would mean different things before and after
/// links are followed, so it is refused.
Result<std::string> normalised(std::string_view what, const std::string& path) {
    TRY(check_text(what, path));
    std::string result;
    for (const std::string_view part : util::split(path, '/')) {
        if (part == "..") {
            return fail(ErrorKind::invalid, "{} {} contains \"..\"; write the path without it",
                        what, util::quoted(path));
        }
        if (!part.empty() && part != ".") {
            result += '/';
            result += part;
        }
    }
    return result;
}

Result<std::string> mount_point(const std::string& path) {
    std::string point = TRY(normalised("mount point", path));
    if (point.empty()) {
        return fail(ErrorKind::invalid,
                    "mount point {} is the root directory, which the layers "
                    "make; mount below it",
                    util::quoted(path));
    }
    return point;
}

Result<job::Mount> checked(const job::BindMount& mount) {
    TRY(check_text("bind mount's local path", mount.local_path));
    if (!mount.local_path.starts_with('/')) {
        return fail(ErrorKind::invalid, "bind mount's local path {} is not absolute",
                    util::quoted(mount.local_path));
    }
    return job::BindMount{TRY(mount_point(mount.mount_point)), mount.local_path, mount.read_only};
}
Result<job::Mount> checked(const job::DevicesMount& mount) {
    return mount;
}
Result<job::Mount> checked(const job::FileSystemMount& mount) {
    return job::FileSystemMount{mount.kind, TRY(mount_point(mount.mount_point))};
}
Result<job::Mount> checked(const job::HostTreeMount& mount) {
    return job::HostTreeMount{TRY(mount_point(mount.path))};
}

Result<job::Mount> checked(const job::FreshPlaceMount& mount) {
    job::FreshPlaceMount place{TRY(mount_point(mount.path)), mount.entries};
    for (job::FreshPlaceMount::Entry& entry : place.entries) {
        entry.path = TRY(mount_point(entry.path));
        TRY(check_text("link", entry.target));
    }
    return place;
}

std::size_t count_mounts(const std::vector<job::Mount>& mounts) {
    std::size_t count = 0;
    for (const job::Mount& mount : mounts) {
        const auto* devices = std::get_if<job::DevicesMount>(&mount);
        const auto* place = std::get_if<job::FreshPlaceMount>(&mount);
        count += devices != nullptr ? devices->devices.size()
                 : place != nullptr ? 1 + place->entries.size()
                                    : 1;
    }
    return count;
}

Result<void> check_network(const Plan& plan) {
    for (const job::Mount& mount : plan.mounts) {
        const auto* file_system = std::get_if<job::FileSystemMount>(&mount);
        if (plan.network == job::Network::local && file_system != nullptr &&
            file_system->kind == job::FileSystemMount::Kind::sys) {
            return fail(ErrorKind::invalid,
                        "a \"sys\" mount ({}) cannot be combined with network \"local\": Linux "
                        "shows /sys only to the owner of the network; use \"loopback\" or drop "
                        "the mount",
                        file_system->mount_point);
        }
    }
    return {};
}

std::string own_host_name() {
    char name[256] = {};
    ::gethostname(name, sizeof name - 1);
    return name;
}

}  // namespace

Result<Plan> Plan::make(const job::Environment& environment, std::vector<std::string> directories) {
    if (directories.empty() || directories.size() > most_lowers) {
        return fail(ErrorKind::invalid, "found {} layer directories, expected 1…{}",
                    directories.size(), most_lowers);
    }
    Plan plan{
        .lowers = std::move(directories),
        .root = environment.root,
        .network = environment.network,
        .user = environment.user,
        .group = environment.group,
        .capabilities = environment.capabilities,
        .limits = environment.limits,
        .host_name = environment.host_name ? own_host_name() : fixed_host_name,
        .fork_point = environment.fork_point,
    };
    for (const job::Mount& mount : environment.mounts) {
        plan.mounts.push_back(
            TRY(std::visit([](const auto& kind) { return checked(kind); }, mount)));
    }
    if (const std::size_t count = count_mounts(plan.mounts); count > most_mounts) {
        return fail(ErrorKind::invalid,
                    "found {} mounts (each device counts as one), expected at most {}", count,
                    most_mounts);
    }
    TRY(check_network(plan));
    return plan;
}

}  // namespace maelstrom::container
