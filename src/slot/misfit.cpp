#include "slot/misfit.hpp"

#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

namespace maelstrom::slot {

namespace {

enum class Kind { unknown, directory, file };

Kind kind_of(Place place) {
    struct stat status{};
    const long result = call(SYS_newfstatat, place.directory, place.path, &status, AT_EMPTY_PATH);
    return result < 0 ? Kind::unknown : S_ISDIR(status.st_mode) ? Kind::directory : Kind::file;
}

}  // namespace

long name_misfit(long result, Place mount, Place mount_point) {
    if (result != -EINVAL) {
        return result;
    }
    const Kind source = kind_of(mount);
    const Kind target = kind_of(mount_point);
    if (source == Kind::directory && target == Kind::file) {
        return -ENOTDIR;
    }
    return source == Kind::file && target == Kind::directory ? -EISDIR : result;
}

std::uint32_t length_of_file(int root, const char* mount_point) {
    char part[4096 + 1];
    const std::size_t whole = strlen(mount_point);
    for (std::size_t length = 1; length <= whole && length < sizeof part; ++length) {
        if (mount_point[length] != '/' && mount_point[length] != '\0') {
            continue;
        }
        memcpy(part, mount_point, length);
        part[length] = '\0';
        const long place = open_inside(root, part);
        const Kind kind = place < 0 ? Kind::unknown : kind_of({static_cast<int>(place)});
        call(SYS_close, place);
        if (kind != Kind::directory) {
            return kind == Kind::file ? static_cast<std::uint32_t>(length) : 0;
        }
    }
    return 0;
}

}  // namespace maelstrom::slot
