#include "layer/walk.hpp"

#include "util/path.hpp"

#include <dirent.h>
#include <fcntl.h>

namespace maelstrom::layer {

using sys::Fd;
using util::Result;

namespace {

Result<void> visit(int parent, const std::string& name, const std::string& path, Visitor& visitor) {
    auto opened = sys::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened) {
        return visitor.unreadable(path, std::move(opened).error());
    }
    auto listed = sys::list_directory(*opened);
    if (!listed) {
        return visitor.unreadable(path, std::move(listed).error());
    }
    const Fd directory = std::move(*opened);
    if (!TRY(visitor.enter(directory, path, *listed))) {
        return {};
    }
    for (const sys::DirectoryEntry& entry : *listed) {
        const std::string below = util::join_paths(path, entry.name);
        if (TRY(visitor.found(directory, below, entry)) && entry.type == DT_DIR) {
            TRY(visit(directory.get(), entry.name, below, visitor));
        }
    }
    return {};
}

}  // namespace

Result<void> walk(const std::string& start, Visitor& visitor) {
    return visit(AT_FDCWD, start, "", visitor);
}

}  // namespace maelstrom::layer
