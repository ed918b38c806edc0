#pragma once

#include "container/host_trees.hpp"
#include "container/machine.hpp"
#include "container/slot.hpp"

namespace maelstrom::container {

/// Starts real slots: the embedded static program in namespaces of its own.
class SlotLauncher final : public Launcher {
public:
    static util::Result<std::unique_ptr<SlotLauncher>> create(Machine machine);

    util::Result<std::unique_ptr<Slot>> start(const Plan& plan) override;

private:
    SlotLauncher(Machine machine, sys::Fd program)
        : machine_(std::move(machine)), program_(std::move(program)) {}

    const std::string& delegated_cgroup();
    std::optional<HostTrees> trees_of(const Plan& plan);

    Machine machine_;
    sys::Fd program_;                    ///< sealed memory file with the slot program
    std::optional<std::string> cgroup_;  ///< looked for when a plan first needs it; empty: none
    std::optional<IdMap> id_map_;        ///< made when a plan first needs it
};

}  // namespace maelstrom::container
