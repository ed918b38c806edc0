#include "fork_point/identity.hpp"

#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

#include <fcntl.h>

namespace maelstrom::fork_point {

using slot::append;

namespace {

long write_map(const char* path, long inside, long outside) {
    char line[64];
    char* end = append(append(line, static_cast<std::uint64_t>(inside)), " ");
    append(append(end, static_cast<std::uint64_t>(outside)), " 1");
    return slot::write_file(AT_FDCWD, path, line);
}

}  // namespace

long take_identity(const Identity& identity) {
    long result = slot::write_file(AT_FDCWD, "/proc/self/setgroups", "deny");
    if (result < 0) {
        return result;
    }
    result = write_map("/proc/self/uid_map", identity.inner_user, identity.outer_user);
    if (result < 0) {
        return result;
    }
    return write_map("/proc/self/gid_map", identity.inner_group, identity.outer_group);
}

}  // namespace maelstrom::fork_point
