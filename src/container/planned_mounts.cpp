#include "container/planned_mounts.hpp"

#include "fork_point/wire.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <iterator>

namespace maelstrom::container {

namespace {

struct DeviceNode {
    job::Device device;
    const char* path;
};
constexpr DeviceNode device_nodes[] = {
    {job::Device::full, "/dev/full"},       {job::Device::fuse, "/dev/fuse"},
    {job::Device::null, "/dev/null"},       {job::Device::random, "/dev/random"},
    {job::Device::shm, "/dev/shm"},         {job::Device::tty, "/dev/tty"},
    {job::Device::urandom, "/dev/urandom"}, {job::Device::zero, "/dev/zero"},
};

using Mounts = std::vector<PlannedMount>;

void add(Mounts& mounts, const job::BindMount& mount) {
    mounts.push_back(
        {.kind = mount.read_only ? slot::MountKind::bind_read_only : slot::MountKind::bind,
         .target = mount.mount_point,
         .source = mount.local_path});
}

void add(Mounts& mounts, const job::DevicesMount& mount) {
    for (const auto& [device, path] : device_nodes) {
        if (!mount.devices.contains(device)) {
            continue;
        }
        if (device == job::Device::shm) {  // the host's would connect jobs with each other
            mounts.push_back({.kind = slot::MountKind::tmpfs, .target = path});
        } else {
            mounts.push_back({.kind = slot::MountKind::device, .target = path, .source = path});
        }
    }
}

slot::MountKind kind_of(job::FileSystemMount::Kind kind) {
    switch (kind) {
    case job::FileSystemMount::Kind::devpts:
        return slot::MountKind::devpts;
    case job::FileSystemMount::Kind::mqueue:
        return slot::MountKind::mqueue;
    case job::FileSystemMount::Kind::proc:
        return slot::MountKind::proc;
    case job::FileSystemMount::Kind::sys:
        return slot::MountKind::sysfs;
    case job::FileSystemMount::Kind::tmp:
        break;
    }
    return slot::MountKind::tmpfs;
}

void add(Mounts& mounts, const job::FileSystemMount& mount) {
    mounts.push_back({.kind = kind_of(mount.kind), .target = mount.mount_point});
}

void add(Mounts& mounts, const job::HostTreeMount& mount) {
    mounts.push_back(
        {.kind = slot::MountKind::host_tree, .target = mount.path, .source = mount.path});
}

PlannedMount planned(const job::FreshPlaceMount::Entry& entry) {
    switch (entry.kind) {
    case job::FreshPlaceMount::Entry::Kind::kept:
        return {.kind = slot::MountKind::kept, .target = entry.path};
    case job::FreshPlaceMount::Entry::Kind::directory:
        return {.kind = slot::MountKind::made, .target = entry.path};
    case job::FreshPlaceMount::Entry::Kind::link:
        break;
    }
    return {.kind = slot::MountKind::made, .target = entry.path, .source = entry.target};
}

/// For a root that refuses writes.
void add(Mounts& mounts, const job::FreshPlaceMount& mount) {
    mounts.push_back({.kind = slot::MountKind::tmpfs, .target = mount.path});
    std::ranges::transform(mount.entries, std::back_inserter(mounts), planned);
}

/// A fork point stacks what is fresh for its cells on what it has written itself.
void name_views(Mounts& mounts) {
    std::size_t count = 0;
    for (std::size_t i = 0; i + 1 < mounts.size(); ++i) {
        const bool holds_more = mounts[i + 1].kind == slot::MountKind::kept ||
                                mounts[i + 1].kind == slot::MountKind::made;
        if (mounts[i].kind == slot::MountKind::tmpfs && holds_more) {
            mounts[i].view = fmt::format("{}/{}", fork_point::place_views, count++);
        }
    }
}

bool is_shareable(slot::MountKind kind) {
    switch (kind) {
    case slot::MountKind::bind:
    case slot::MountKind::bind_read_only:
    case slot::MountKind::host_tree:
    case slot::MountKind::device:
    case slot::MountKind::sysfs:
    case slot::MountKind::kept:
        return true;
    default:
        return false;
    }
}

/// Whether the order of two mounts makes a difference.
bool touch(const PlannedMount& one, const PlannedMount& other) {
    return util::is_at_or_below(one.target, other.target) ||
           util::is_at_or_below(other.target, one.target);
}

void place(Mounts& mounts, bool shared_root) {
    for (auto mount = mounts.begin(); mount != mounts.end(); ++mount) {
        if (!is_shareable(mount->kind)) {
            mount->placement = slot::Placement::fresh;
            continue;
        }
        const bool late = std::any_of(mounts.begin(), mount, [&](const PlannedMount& earlier) {
            return earlier.placement != slot::Placement::inherited && touch(earlier, *mount);
        });
        mount->placement =
            shared_root && !late ? slot::Placement::inherited : slot::Placement::moved;
    }
}

}  // namespace

std::vector<PlannedMount> planned_mounts(const Plan& plan) {
    const bool shared_root = std::holds_alternative<job::ReadOnlyRoot>(plan.root);
    Mounts mounts;
    for (const job::Mount& mount : plan.mounts) {
        if (shared_root || !std::holds_alternative<job::FreshPlaceMount>(mount)) {
            std::visit([&](const auto& kind) { add(mounts, kind); }, mount);
        }
    }
    place(mounts, shared_root);
    if (plan.fork_point) {
        name_views(mounts);
    }
    return mounts;
}

}  // namespace maelstrom::container
