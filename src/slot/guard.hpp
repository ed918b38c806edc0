#pragma once

namespace maelstrom::slot {

struct Container;

// What the slot gives up, once and for all its jobs.

/// Jobs can never gain a capability again: the bounding, ambient and inheritable sets are emptied
/// and no_new_privs is set. The slot keeps its own effective set for mounting.
long drop_privileges_of_slot(Container&);

/// The kernel's key rings are a secret store per user id, not per container: a job with the
/// caller's id could link the caller's keys. So jobs have none (docs/decisions/002-slots.md).
long install_filter(Container&);

}  // namespace maelstrom::slot
