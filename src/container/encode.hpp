#pragma once

#include "container/launch.hpp"
#include "container/plan.hpp"
#include "container/slot.hpp"
#include "slot/wire.hpp"
#include "util/error.hpp"

#include <string>
#include <vector>

// From plans and launches to the messages that a slot understands.

namespace maelstrom::container {

/// The deepest directory that holds all of the given absolute paths, "/" at worst.
std::string common_directory(const std::vector<std::string>& paths);

class HostTrees;

struct SlotEnvironment {
    std::vector<slot::ResourceLimit> limits;
    bool own_cgroup = false;
    std::string scratch;               ///< directory for what jobs write to a writable root
    const HostTrees* trees = nullptr;  ///< given: the slot's user is mapped from outside, too
    /// What is mounted on this machine, as /proc/self/mountinfo says it: host trees hide what of it
    /// is foreign.
    std::string mount_table;
};

std::string encode_set_up(const Plan& plan, const SlotEnvironment& environment);
std::string encode_run(const Launch& launch, const Plan& plan, std::uint64_t number);
std::string encode_kill(std::uint64_t number, Kill how);

/// Where the plan mounts devpts, so that a terminal has a name inside; empty: nowhere.
std::string pseudo_terminals_of(const Plan& plan);

}  // namespace maelstrom::container
