#pragma once

namespace maelstrom::fork_point {

/// The only user and group of a user namespace, as seen from inside and from its parent.
struct Identity {
    long inner_user = 0;
    long outer_user = 0;
    long inner_group = 0;
    long outer_group = 0;
};

/// Maps them in the caller's user namespace, see user_namespaces(7). Negative errno on failure.
long take_identity(const Identity& identity);

}  // namespace maelstrom::fork_point
