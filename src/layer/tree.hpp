#pragma once

#include "store/store.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What a layer is: a tree of files by digest, links, directories and whiteouts. Plain values. Their
// encoding is a Remote Execution `Tree` message (docs/formats/layer.md).

namespace maelstrom::layer {

using store::FileAttributes;
using util::Digest;
using util::Result;

/// What a directory shows that only had to be there for something below it.
inline constexpr FileAttributes implied_attributes{.mode = 0777, .mtime = {}};

struct File {
    Digest digest;
    FileAttributes attributes;
    /// Shares its inode with no other file, though one of the tree has the same content.
    bool is_separate = false;
    bool operator==(const File&) const = default;
};
struct Link {
    std::string target;
    bool operator==(const Link&) const = default;
};
/// Nothing of that name, whatever the layers below have.
struct Whiteout {
    bool operator==(const Whiteout&) const = default;
};
struct Node;
struct Directory {
    FileAttributes attributes = implied_attributes;
    /// Nobody named it: stacked on a lower directory, that one's attributes stay.
    bool is_implied = true;
    /// Hides what the layers below have inside.
    bool is_opaque = false;
    std::map<std::string, Node, std::less<>> children;
    bool operator==(const Directory&) const;
};
struct Node {
    std::variant<File, Link, Whiteout, Directory> is;

    const Directory* directory() const { return std::get_if<Directory>(&is); }
    Directory* directory() { return std::get_if<Directory>(&is); }
    const Link* link() const { return std::get_if<Link>(&is); }
    const File* file() const { return std::get_if<File>(&is); }
    bool is_whiteout() const { return std::holds_alternative<Whiteout>(is); }
    bool operator==(const Node&) const;
};

/// Deeper trees are refused: no path of Linux could name what lies there.
inline constexpr std::size_t deepest_directory = 1000;

/// Bytes of the `Tree` message: the same for equal trees, on every machine.
std::string encode(const Directory& root);
/// Any `Tree` message, ours or another's; nothing in the result can lead out of the tree.
Result<Directory> decode(std::string_view bytes);

/// The blobs that the tree's files need, each once.
std::vector<Digest> files_of(const Directory& root);

/// Puts the layer into the store, as a group with its files. Pins it.
Result<Digest> put(store::Store& store, const Directory& root);
Result<Directory> load(store::Store& store, const Digest& layer);

/// "a/./b//c" as its components; `..` is an error that quotes the path.
Result<std::vector<std::string>> components_of(std::string_view path);

}  // namespace maelstrom::layer
