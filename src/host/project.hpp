#pragma once

#include "host/files.hpp"

#include <optional>
#include <string>

namespace maelstrom::host {

/// What a container takes along of the place where it was started.
struct Project {
    std::optional<std::string> root;  ///< free of links; none: nothing is taken along
    std::string reason;               ///< why this root, or why none; part of a sentence
};

/// For `maelstrom-run`: the version-control root at or above `directory`, else the directory
/// itself. Never
/// `/`, the home directory or what is above it, a directory that many share such as /tmp, or one
/// made to keep secrets such as ~/.ssh: then there is no project. Both paths are absolute.
Project find_project(const Files& files, const std::string& directory, const std::string& home);

/// For the test runners, whose native tool has said what the root is: the same refusals.
Project given_project(const Files& files, const std::string& root, const std::string& home);

}  // namespace maelstrom::host
