#include "container/scratch_directory.hpp"

#include "sys/file.hpp"
#include "sys/remove_tree.hpp"

#include <fcntl.h>

namespace maelstrom::container {

util::Result<ScratchDirectory> ScratchDirectory::create(std::string path) {
    TRY(sys::mkdirat(AT_FDCWD, path, 0700), "making a directory for what jobs write");
    return ScratchDirectory(std::move(path));
}

ScratchDirectory& ScratchDirectory::operator=(ScratchDirectory&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
}

ScratchDirectory::~ScratchDirectory() {
    if (!path_.empty()) {
        // What stays is the business of whoever gave us the directory around it.
        (void)sys::remove_tree(AT_FDCWD, path_);
    }
}

}  // namespace maelstrom::container
