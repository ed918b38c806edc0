#pragma once

// Network namespaces that jobs use one after the other.

namespace maelstrom::slot {

/// Brings up `lo` in the network namespace of the caller. Negative errno on failure.
long bring_loopback_up();

/// Sets what test suites expect of the caller's network, and what keeps a job's connections from
/// the next; `root` is a directory with /proc. Best effort: an older kernel has fewer of these
/// switches for each network.
void set_network_switches(int root);

/// Opens what `count_sockets` reads; negative errno on failure.
long open_socket_counts(int root);
/// How many sockets have not closed yet in the network of whoever opened that file; 0 if it cannot
/// be read.
int count_sockets(int file);

}  // namespace maelstrom::slot
