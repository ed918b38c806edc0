#pragma once

#include "layer/tree.hpp"
#include "store/file_identity.hpp"

#include <string>
#include <vector>

namespace maelstrom::layer {

/// Something of the host that belongs into a layer, as stat saw it.
struct Item {
    enum class Kind { file, directory, link };
    std::string path;    ///< in the container
    std::string source;  ///< on the host
    Kind kind = Kind::file;
    FileAttributes attributes;
    store::FileIdentity identity;
};

/// Looks at one path of the host. Sockets, pipes and devices are errors that name it.
Result<Item> look_at(std::string path, std::string source, bool follows_links);
Result<Item> item_from(std::string path, std::string source, const struct stat& status);
/// `otherwise` if there are no items.
store::FileTime newest_of(const std::vector<Item>& items, const store::FileTime& otherwise);

}  // namespace maelstrom::layer
