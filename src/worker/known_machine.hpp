#pragma once

#include "container/machine.hpp"
#include "util/error.hpp"

namespace maelstrom::store {
class Store;
}

namespace maelstrom::worker {

/// What `container::probe` says of this machine, asked once a boot and user: the probe builds a
/// whole container, which is most of the time of a short job. Only success is remembered, and only
/// while everything stands that could forbid containers: the kernel's switches, our namespaces, our
/// system call filter.
util::Result<container::Machine> known_machine(store::Store& store);

}  // namespace maelstrom::worker
