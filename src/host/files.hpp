#pragma once

#include "sys/file.hpp"

#include <sys/stat.h>

#include <compare>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace maelstrom::host {

/// A symbolic link as it stands on the host.
struct Link {
    std::string path;
    std::string target;
    auto operator<=>(const Link&) const = default;
};

/// Where a path leads.
struct Resolution {
    std::string path;         ///< free of links as far as it exists
    std::vector<Link> links;  ///< those on the way, in order
    bool exists = false;
};

/// The host's files, seen below a root directory ("" for the real root; tests make their own).
/// Links are followed as if that directory were "/". Whatever cannot be looked at does not exist:
/// a container is made of what the caller can read.
class Files {
public:
    explicit Files(std::string root = {}) : root_(std::move(root)) {}

    /// Not following a final link.
    std::optional<struct stat> look(const std::string& path) const;
    bool is_directory(const std::string& path) const;  ///< following links
    bool exists(const std::string& path) const;        ///< following links
    std::optional<std::string> link_target(const std::string& path) const;
    /// None as well if larger than `limit`. A final link is not followed.
    std::optional<std::string> content(const std::string& path, util::Bytes limit) const;
    std::vector<sys::DirectoryEntry> entries(const std::string& directory) const;
    /// Sorted by name, links not followed.
    std::vector<std::pair<std::string, struct stat>>
    entries_with_status(const std::string& directory) const;
    /// `path` absolute.
    Resolution resolve(const std::string& path) const;

private:
    std::string on_host(const std::string& path) const { return root_ + path; }

    std::string root_;
};

}  // namespace maelstrom::host
