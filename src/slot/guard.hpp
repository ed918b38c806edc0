#pragma once

#include <linux/capability.h>

#include <cstdint>

namespace maelstrom::slot {

struct Container;

// What the slot gives up, once and for all its jobs.

/// Since Linux 5.12 a user namespace whose user 0 is user 0 outside wants this of who makes it
/// (user_namespaces(7)). It gives no power over what others see: every mount is nosuid.
inline constexpr std::uint32_t capability_to_map_root = 1U << CAP_SETFCAP;

/// Jobs can never gain a capability again: the bounding, ambient and inheritable sets are emptied
/// and no_new_privs is set. The slot keeps its own effective set for mounting.
long drop_privileges_of_slot(Container&);

/// Jobs never get at control groups: who mounts their file system has to own a cgroup namespace,
/// and none can be made below the slot's user namespace any more. Otherwise a job could make one in
/// a user namespace of its own, and has the user id that owns the groups: with it the job could
/// leave groups behind, and without `nsdelegate` raise its own limits.
long keep_from_groups(Container& container);

/// The kernel's key rings are a secret store per user id, not per container: a job with the
/// caller's id could link the caller's keys. So jobs have none. And sockets between a virtual
/// machine and its host know no network namespaces: only jobs with the host's network have them
/// (docs/decisions/002-slots.md).
long install_filter(Container& container);

}  // namespace maelstrom::slot
