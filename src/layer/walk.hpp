#pragma once

#include "sys/fd.hpp"
#include "sys/file.hpp"
#include "util/error.hpp"

#include <string>
#include <vector>

namespace maelstrom::layer {

/// What is found on the way down a directory tree of the host. Links are reported, not entered.
class Visitor {
public:
    virtual ~Visitor() = default;
    /// A directory has been opened. False: nothing of it is to be seen. `path` is relative to the
    /// start, empty for the start itself.
    virtual util::Result<bool> enter(const sys::Fd& directory,
                                     const std::string& path,
                                     const std::vector<sys::DirectoryEntry>& entries) = 0;
    /// Something in a directory that was entered, in order of names. For a directory: whether to
    /// open it.
    virtual util::Result<bool>
    found(const sys::Fd& directory, const std::string& path, const sys::DirectoryEntry& entry) = 0;
    /// A directory could not be opened. An error returned ends the walk.
    virtual util::Result<void> unreadable(const std::string& path, util::Error error) = 0;
};

util::Result<void> walk(const std::string& start, Visitor& visitor);

}  // namespace maelstrom::layer
