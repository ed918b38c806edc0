#include "fork_point/library.hpp"

extern "C" {
extern const char maelstrom_fork_point_library[];
extern const char maelstrom_fork_point_library_end[];
}

namespace maelstrom::fork_point {

std::string_view library() {
    return {maelstrom_fork_point_library, maelstrom_fork_point_library_end};
}

}  // namespace maelstrom::fork_point
