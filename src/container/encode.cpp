#include "container/encode.hpp"

#include "container/host_mounts.hpp"
#include "container/host_trees.hpp"
#include "container/message_writer.hpp"
#include "container/planned_mounts.hpp"
#include "fork_point/wire.hpp"
#include "util/path.hpp"

#include <unistd.h>

#include <algorithm>

namespace maelstrom::container {

namespace {

slot::Net net_of(job::Network network) {
    switch (network) {
    case job::Network::disabled:
        return slot::Net::disabled;
    case job::Network::loopback:
        return slot::Net::loopback;
    case job::Network::local:
        break;
    }
    return slot::Net::local;
}

slot::RootMode root_mode_of(const Plan& plan) {
    if (std::holds_alternative<job::WritableRoot>(plan.root)) {
        return slot::RootMode::scratch;
    }
    if (std::holds_alternative<job::CapturedRoot>(plan.root)) {
        return slot::RootMode::captured;
    }
    return plan.lowers.size() == 1 ? slot::RootMode::bind : slot::RootMode::stacked;
}

/// `path` below `directory`, "." for the directory itself.
std::string below(const std::string& directory, const std::string& path) {
    const std::size_t skipped = directory == "/" ? 1 : directory.size() + 1;
    return path.size() < skipped ? "." : path.substr(skipped);
}

using SetUpWriter = MessageWriter<slot::SetUp>;

std::vector<slot::CoverPath>
covers_of(SetUpWriter& writer, const PlannedMount& planned, const std::string& mount_table) {
    std::vector<slot::CoverPath> covers;
    if (planned.kind == slot::MountKind::host_tree) {
        for (const std::string& path : foreign_mounts_below(planned.source, mount_table)) {
            covers.push_back({writer.text(path)});
        }
    }
    return covers;
}

slot::Array
write_mounts(SetUpWriter& writer, const Plan& plan, const SlotEnvironment& environment) {
    const HostTrees* trees = environment.trees;
    std::vector<slot::Mount> mounts;
    for (const PlannedMount& planned : planned_mounts(plan)) {
        const std::vector<slot::CoverPath> covers =
            covers_of(writer, planned, environment.mount_table);
        mounts.push_back({
            .kind = planned.kind,
            .placement = planned.placement,
            .target = writer.text(planned.target),
            .source = planned.source.empty() ? 0 : writer.text(planned.source),
            .view = planned.view.empty() ? 0 : writer.text(planned.view),
            .covers = writer.array<slot::CoverPath>(covers),
            .tree = trees == nullptr ? slot::no_tree : trees->mount(mounts.size()),
        });
    }
    return writer.array<slot::Mount>(mounts);
}

void write_root(SetUpWriter& writer,
                slot::SetUp& record,
                const Plan& plan,
                const std::string& scratch) {
    record.root_mode = root_mode_of(plan);
    const std::string layers = common_directory(plan.lowers);
    record.layers = writer.text(layers);
    std::vector<slot::LowerPath> lowers;
    for (const std::string& lower : plan.lowers) {
        lowers.push_back({writer.text(below(layers, lower))});
    }
    record.lowers = writer.array<slot::LowerPath>(lowers);
    if (const auto* captured = std::get_if<job::CapturedRoot>(&plan.root)) {
        const std::string changes = common_directory({captured->upper, captured->work});
        record.changes = writer.text(changes);
        record.upper = writer.text(below(changes, captured->upper));
        record.work = writer.text(below(changes, captured->work));
    } else if (!scratch.empty()) {
        record.changes = writer.text(scratch);
    }
}

/// One list of offsets and a final 0 that the count does not include.
slot::Array write_strings(MessageWriter<slot::Run>& writer,
                          const std::vector<std::string>& strings,
                          std::size_t spare) {
    std::vector<std::uint64_t> offsets(spare, 0);
    for (const std::string& string : strings) {
        offsets.push_back(writer.text(string));
    }
    offsets.push_back(0);
    slot::Array array = writer.array<std::uint64_t>(offsets);
    --array.count;
    return array;
}

}  // namespace

std::string common_directory(const std::vector<std::string>& paths) {
    std::string common = paths.front();
    for (const std::string& path : paths) {
        while (!util::is_at_or_below(path, common)) {
            common.erase(std::max<std::size_t>(common.find_last_of('/'), 0));
            if (common.empty()) {
                return "/";
            }
        }
    }
    return common;
}

std::string pseudo_terminals_of(const Plan& plan) {
    for (const job::Mount& mount : plan.mounts) {
        const auto* file_system = std::get_if<job::FileSystemMount>(&mount);
        if (file_system != nullptr && file_system->kind == job::FileSystemMount::Kind::devpts) {
            return file_system->mount_point;
        }
    }
    return {};
}

std::string encode_set_up(const Plan& plan, const SlotEnvironment& environment) {
    SetUpWriter writer;
    const bool guarded = ::geteuid() == 0 && environment.trees == nullptr;
    const bool all_capabilities = plan.capabilities == job::Capabilities::all;
    slot::SetUp record{
        .inside_user = plan.user,
        .inside_group = plan.group,
        .outside_user = ::geteuid(),
        .outside_group = ::getegid(),
        .owner_maps = environment.trees != nullptr,
        .net = net_of(plan.network),
        .all_capabilities = all_capabilities,
        .may_map_root = plan.fork_point && plan.user == 0 && !guarded && !all_capabilities,
        .guard_host = guarded,
        .own_cgroup = environment.own_cgroup,
        .one_cell = plan.limits.processes.has_value(),
    };
    record.host_name = writer.text(plan.host_name);
    if (plan.fork_point && !std::holds_alternative<job::ReadOnlyRoot>(plan.root)) {
        record.root_view = writer.text(fork_point::root_view);
    }
    write_root(writer, record, plan, environment.scratch);
    record.tmpfs_options =
        writer.text(plan.limits.tmp ? fmt::format("size={}", plan.limits.tmp->count) : "");
    record.mounts = write_mounts(writer, plan, environment);
    if (environment.trees != nullptr) {
        record.layers_tree = environment.trees->layers();
        record.changes_tree = environment.trees->changes();
    }
    record.limits = writer.array<slot::ResourceLimit>(environment.limits);
    if (record.guard_host != 0) {
        std::vector<slot::CoverPath> obstructions;
        for (const std::string& path : directories_of_kernel_mounts()) {
            obstructions.push_back({writer.text(path)});
        }
        record.obstructions = writer.array<slot::CoverPath>(obstructions);
    }
    return std::move(writer).finish(record, slot::Request::set_up);
}

std::string encode_run(const Launch& launch, const Plan& plan, std::uint64_t number) {
    MessageWriter<slot::Run> writer;
    slot::Run record{.number = number};
    if (launch.terminal) {
        const std::string pseudo_terminals = pseudo_terminals_of(plan);
        record.terminal = pseudo_terminals.empty() ? slot::Terminal::given : slot::Terminal::own;
        record.rows = launch.terminal->rows;
        record.columns = launch.terminal->columns;
        record.pseudo_terminals = pseudo_terminals.empty() ? 0 : writer.text(pseudo_terminals);
    }
    if (launch.working_directory != "/") {
        record.working_directory = writer.text(launch.working_directory);
    }
    std::vector<std::string> arguments = {launch.program};
    arguments.insert(arguments.end(), launch.arguments.begin(), launch.arguments.end());
    record.arguments = write_strings(writer, arguments, 1);
    record.environment = write_strings(writer, launch.environment, 0);
    record.candidates = write_strings(writer, launch.candidates, 0);
    return std::move(writer).finish(record, slot::Request::run);
}

std::string encode_kill(std::uint64_t number, Kill how) {
    return MessageWriter<slot::KillJob>().finish(
        {.number = number,
         .target = how == Kill::at_once ? slot::Target::cell : slot::Target::program,
         .gently = how == Kill::terminate},
        slot::Request::kill);
}

}  // namespace maelstrom::container
