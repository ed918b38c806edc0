#pragma once

#include "container/delegation.hpp"
#include "container/host_trees.hpp"
#include "container/limits.hpp"
#include "container/machine.hpp"
#include "container/scratch_directory.hpp"
#include "container/slot.hpp"

#include <optional>
#include <set>
#include <string>

namespace maelstrom::container {

/// Starts real slots: the embedded static program in namespaces of its own.
class LinuxSlotMaker final : public SlotMaker {
public:
    /// `scratch_directory`: where slots may keep what jobs write to a writable root, if the machine
    /// cannot do that in memory. Whatever is left in it is its owner's to remove.
    /// `mount_table`: the file that says what is mounted here.
    static util::Result<std::unique_ptr<LinuxSlotMaker>>
    create(Machine machine,
           std::string scratch_directory = {},
           std::string mount_table = "/proc/self/mountinfo");

    util::Result<std::unique_ptr<Slot>> start(const Plan& plan) override;
    util::Result<std::optional<Cgroup>> lane_group(const Plan& plan) override;

private:
    LinuxSlotMaker(Machine machine,
                   std::string scratch_directory,
                   std::string mount_table,
                   sys::Fd program)
        : machine_(std::move(machine)), scratch_directory_(std::move(scratch_directory)),
          mount_table_(std::move(mount_table)), program_(std::move(program)) {}

    const std::optional<Delegation>& delegation();
    util::Result<std::optional<Cgroup>> group_for(const Plan& plan, std::uint64_t own_processes);
    util::Result<void> check_overlay(const Plan& plan) const;
    util::Result<void>
    check_limits(const job::Limits& limits, bool has_cgroup, ProcessCount process_count);
    util::Result<ScratchDirectory> scratch_of(const Plan& plan);
    std::string mounted_now(const Plan& plan) const;
    util::Result<std::optional<HostTrees>> trees_of(const Plan& plan, const std::string& scratch);

    Machine machine_;
    std::string scratch_directory_;
    std::string mount_table_;
    unsigned scratches_ = 0;
    sys::Fd program_;  ///< sealed memory file with the slot program
    std::optional<std::optional<Delegation>>
        delegation_;                ///< looked for when a plan first needs it
    std::set<std::string> warned_;  ///< of limits that are not held
    std::optional<IdMap> id_map_;   ///< made when a plan first needs it
};

}  // namespace maelstrom::container
