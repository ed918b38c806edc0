#pragma once

#include "job/spec.hpp"
#include "layer/tree.hpp"
#include "store/store.hpp"

#include <optional>
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

/// All that goes into a layer, before anything has been read.
struct Plan {
    std::vector<Item> items;
    /// A directory's identity says nothing about the layer (a project's directories change whenever
    /// a cache is written beside the files).
    bool ignores_directory_identity = false;
    /// A file that has gone or closed since is left out.
    bool tolerates_loss = false;
};

/// Looks at one path of the host. Sockets, pipes and devices are errors that name it.
Result<Item> look_at(std::string path, std::string source, bool follows_links);
Result<Item> item_from(std::string path, std::string source, const struct stat& status);

/// Names the plan: the same as long as no input has changed. None if one changed so recently that
/// another change might not show.
std::optional<Digest> fingerprint(const Plan& plan, const timespec& scan_began);

/// Reads what the store does not know yet and puts the layer.
Result<Digest> carry_out(store::Store& store, const Plan& plan);

/// Turns paths as written into paths in the container.
class Prefixes {
public:
    Prefixes(const job::PrefixOptions& options, const std::string& project_directory)
        : options_(options), project_directory_(project_directory) {}

    /// The item for a source path as written.
    Result<Item> item(const std::string& written);
    /// Warns if `strip_prefix` has never matched.
    void finish() const;
    bool has_stripped() const { return has_stripped_; }

private:
    Result<std::string> container_path(const std::string& path);
    Result<Item> look(std::string path, std::string source);

    const job::PrefixOptions& options_;
    const std::string& project_directory_;
    bool has_stripped_ = false;
    bool has_seen_any_ = false;
    std::string last_directory_;  ///< where the last source was
    sys::Fd directory_;           ///< and that directory, once two in a row were there
};

}  // namespace maelstrom::layer
