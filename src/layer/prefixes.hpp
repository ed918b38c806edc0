#pragma once

#include "job/spec.hpp"
#include "layer/item.hpp"
#include "sys/fd.hpp"

#include <string>

namespace maelstrom::layer {

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
