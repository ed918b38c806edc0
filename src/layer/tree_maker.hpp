#pragma once

#include "layer/tree.hpp"

namespace maelstrom::layer {

/// Grows a tree, path by path. Missing parents appear as implied directories; a parent that is a
/// link leads to where it points, inside the tree.
class TreeMaker {
public:
    /// What happens when something other than a directory is named twice.
    enum class Repeat {
        refuse,      ///< an error that names the path
        later_wins,  ///< as in tar files
    };
    explicit TreeMaker(Repeat repeat) : repeat_(repeat) {}

    Result<void> add_directory(std::string_view path, const FileAttributes& attributes);
    /// A file, link or whiteout.
    Result<void> add(std::string_view path, Node leaf);
    Result<void> make_opaque(std::string_view path);

    /// What the path names, following no link at its end; none if nothing does.
    Result<const Node*> find(std::string_view path);

    Directory take() { return std::move(root_); }

private:
    Result<Directory*> parent_of(std::span<const std::string> components, std::string_view whole);

    Repeat repeat_;
    Directory root_;
};

/// Follows links from the root of a tree, as the kernel would below a chroot. The components of the
/// directory that `path` leads to; none if it leads to no directory of this tree.
std::optional<std::vector<std::string>> resolve_directory(const Directory& root,
                                                          std::span<const std::string> path);

}  // namespace maelstrom::layer
