#pragma once

#include "host/files.hpp"

#include <compare>
#include <optional>
#include <string>
#include <vector>

namespace maelstrom::host {

/// A directory (or single file) outside base and project that programs in the container need.
struct FurtherTree {
    enum class Kind {
        environment,  ///< interpreter or virtual environment: mounted even where it lies in the
                      ///< project
        source,       ///< code of the user's: in the project, the snapshot has it already
    };
    std::string path;  ///< absolute; may lead over links
    Kind kind = Kind::source;
    auto operator<=>(const FurtherTree&) const = default;
};

struct LayoutRequest {
    bool with_base = true;
    std::optional<std::string> project;  ///< free of links
    std::string home;                    ///< free of links
    std::vector<FurtherTree> further;
};

/// Which part of the container's root is the host's own and which part is made: a plan without
/// overlaps. All paths absolute and free of links, lists sorted.
struct Layout {
    std::vector<std::string> trees;      ///< directories shown as they are on the host
    std::vector<std::string> files;      ///< single files to copy
    std::vector<Link> links;             ///< to make, outside trees and project
    std::vector<std::string> exclude;    ///< mounted parts of the project, relative to it
    std::optional<std::string> project;  ///< none if it could not be kept apart from a tree
    std::vector<std::string> notes;      ///< sentences for the user

    /// The tree that shows this path; null if none does.
    const std::string* tree_of(const std::string& path) const;
    /// As part of a tree or of the project.
    bool shows(const std::string& path) const;
};

/// A tree that has the project or the home directory inside is replaced by what lies around it.
/// Trees that would show the home directory are refused with a note.
Layout plan_layout(const Files& files, const LayoutRequest& request);

}  // namespace maelstrom::host
