#include "container/linux_slot_maker.hpp"

#include "container/encode.hpp"
#include "container/limits.hpp"
#include "container/slot_process.hpp"
#include "container/slot_program.hpp"
#include "sys/file.hpp"
#include "util/log.hpp"

#include <unistd.h>

#include <algorithm>

namespace maelstrom::container {

using util::Result;

namespace {

bool wants_cgroup(const job::Limits& limits) {
    return limits.memory || limits.processes || limits.cpu;
}

MappedUser mapped_user(const Plan& plan) {
    return {.inside_user = plan.user, .inside_group = plan.group, .outside = unprivileged_id};
}

bool needs_overlay(const Plan& plan) {
    return plan.lowers.size() > 1 || !std::holds_alternative<job::ReadOnlyRoot>(plan.root);
}

}  // namespace

Result<std::unique_ptr<LinuxSlotMaker>>
LinuxSlotMaker::create(Machine machine, std::string scratch_directory, std::string mount_table) {
    sys::Fd program = TRY(make_slot_program());
    return std::unique_ptr<LinuxSlotMaker>(
        new LinuxSlotMaker(std::move(machine), std::move(scratch_directory), std::move(mount_table),
                           std::move(program)));
}

const std::optional<Delegation>& LinuxSlotMaker::delegation() {
    if (!delegation_) {
        delegation_.emplace(Delegation::find());
    }
    return *delegation_;
}

Result<std::optional<Cgroup>> LinuxSlotMaker::group_for(const Plan& plan, std::uint64_t processes) {
    if (!wants_cgroup(plan.limits) || !delegation()) {
        return std::nullopt;
    }
    return TRY(Cgroup::create(delegation()->path(), plan.limits, processes));
}

Result<std::optional<Cgroup>> LinuxSlotMaker::lane_group(const Plan& plan) {
    return group_for(plan, own_processes_of_lane);
}

Result<void> LinuxSlotMaker::check_overlay(const Plan& plan) const {
    if (needs_overlay(plan) && !machine_.overlay_in_user_namespace) {
        return util::fail(
            util::ErrorKind::unavailable,
            "this machine refuses overlay file systems in user namespaces, which "
            "several layers and writable roots need; Linux 5.11 or newer allows them");
    }
    return {};
}

/// An error, or a warning once if the limits are best effort.
Result<void> LinuxSlotMaker::check_limits(const job::Limits& limits,
                                          bool has_cgroup,
                                          ProcessCount process_count) {
    for (const std::string& sentence : unheld_limits(limits, has_cgroup, process_count)) {
        if (!limits.best_effort.value_or(false)) {
            return util::fail(util::ErrorKind::unavailable, "{}", sentence);
        }
        if (warned_.insert(sentence).second) {
            util::log::warning("{}", sentence);
        }
    }
    return {};
}

/// A limit of `tmp` can only be held in memory.
Result<ScratchDirectory> LinuxSlotMaker::scratch_of(const Plan& plan) {
    if (!machine_.scratch_on_disk || scratch_directory_.empty() || plan.limits.tmp ||
        !std::holds_alternative<job::WritableRoot>(plan.root)) {
        return ScratchDirectory();
    }
    return ScratchDirectory::create(fmt::format("{}/slot-{}", scratch_directory_, scratches_++));
}

/// The mount table, if the plan has to do with it.
std::string LinuxSlotMaker::mounted_now(const Plan& plan) const {
    const bool shows_host = std::ranges::any_of(plan.mounts, [](const job::Mount& mount) {
        return std::holds_alternative<job::HostTreeMount>(mount);
    });
    return shows_host ? sys::read_file(mount_table_, util::Bytes{16 << 20}).value_or("") : "";
}

/// Root's jobs become somebody else, unless something that the plan wants is on a file system that
/// cannot show it to them. An error where that cannot be told right now: never root of the host in
/// doubt.
Result<std::optional<HostTrees>> LinuxSlotMaker::trees_of(const Plan& plan,
                                                          const std::string& scratch) {
    if (!machine_.unprivileged_root) {
        return std::nullopt;
    }
    if (!id_map_) {
        auto map = IdMap::create();
        if (!map && is_passing(map.error().os_error())) {
            return std::unexpected(map.error());
        }
        if (!map) {
            return std::nullopt;
        }
        id_map_ = std::move(*map);
    }
    auto trees = HostTrees::open(*id_map_, plan, scratch);
    if (!trees && is_passing(trees.error().os_error())) {
        return std::unexpected(trees.error());
    }
    if (!trees) {
        util::log::debug("a container runs as root of the host behind guards: {}",
                         trees.error().message());
        return std::nullopt;
    }
    return std::optional(std::move(*trees));
}

Result<std::unique_ptr<Slot>> LinuxSlotMaker::start(const Plan& plan) {
    TRY(check_overlay(plan));
    ScratchDirectory scratch = TRY(scratch_of(plan));
    const std::optional<HostTrees> trees = TRY(trees_of(plan, scratch.path()));
    const bool has_cgroup = wants_cgroup(plan.limits) && delegation().has_value();
    TRY(check_limits(plan.limits, has_cgroup,
                     ::geteuid() != 0 || trees ? ProcessCount::held : ProcessCount::ignored));
    std::optional<Cgroup> cgroup =
        TRY(group_for(plan, plan.fork_point ? own_processes_of_point : own_processes));
    const std::vector<int> descriptors = trees ? trees->descriptors() : std::vector<int>();
    SlotHandles handles = TRY(start_slot_program({
        .program = program_.get(),
        .own_network = plan.network != job::Network::local,
        .cgroup = cgroup ? cgroup->descriptor() : -1,
        .trees = descriptors,
        .mapped = trees ? std::optional(mapped_user(plan)) : std::nullopt,
    }));
    const std::string set_up = encode_set_up(
        plan, {
                  .limits = resource_limits(plan.limits, has_cgroup,
                                            plan.fork_point ? Forks::point : Forks::never),
                  .own_cgroup = cgroup.has_value(),
                  .scratch = scratch.path(),
                  .trees = trees ? &*trees : nullptr,
                  .mount_table = mounted_now(plan),
              });
    auto process = std::make_unique<SlotProcess>(
        plan, std::move(handles), std::move(cgroup), std::move(scratch),
        trees ? std::optional(unprivileged_id) : std::nullopt);
    TRY(process->send(set_up, {}));
    return process;
}

}  // namespace maelstrom::container
