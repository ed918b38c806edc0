#pragma once

#include "sys/fd.hpp"
#include "util/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace maelstrom::container {

/// The embedded slot program as a sealed memory file, ready to be executed.
util::Result<sys::Fd> make_slot_program();

/// A process that runs the slot program.
struct SlotHandles {
    sys::Fd control;  ///< our ends of its sockets (SOCK_SEQPACKET)
    sys::Fd kill;
    sys::Fd pidfd;
};

/// Its one user and group, by their numbers inside, and who that is on the host. Needs privileges
/// over the host's users.
struct MappedUser {
    std::uint32_t inside_user = 0;
    std::uint32_t inside_group = 0;
    std::uint32_t outside = 0;
};

/// Starts the slot program in new namespaces, a new network included unless `own_network` is false;
/// in the cgroup that the descriptor stands for, or ours (-1). The calling thread must outlive it.
struct SlotStart {
    int program = -1;
    bool own_network = true;
    int cgroup = -1;
    std::span<const int> trees;        ///< become its descriptors from first_tree_descriptor on
    std::optional<MappedUser> mapped;  ///< whom of the host it is to be; else it says so itself
};
util::Result<SlotHandles> start_slot_program(const SlotStart& start);

/// Kills a slot and waits until everything in it is gone: it is process 1 of its namespace, so
/// Linux ends the others first.
void end_slot(const SlotHandles& handles);
/// The parts of that.
void kill_slot(const SlotHandles& handles);
bool has_ended(const SlotHandles& handles, std::chrono::milliseconds patience);
void reap_slot(const SlotHandles& handles);

}  // namespace maelstrom::container
