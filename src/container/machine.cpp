#include "container/machine.hpp"

namespace maelstrom::container {

util::Result<Machine> probe() {
    Machine machine;
    machine.overlay_in_user_namespace = true;
    return machine;
}

}  // namespace maelstrom::container
