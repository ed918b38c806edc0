#pragma once

#include <string>
#include <string_view>
#include <vector>

// Paths as text. Absolute ones are "/" or "/a/b", without a final slash, ".", ".." or empty
// components; the directory that relative ones start at is "".

namespace maelstrom::util {

/// Drops what says nothing and resolves ".." by text alone. A relative path is taken below "/".
std::string normal_path(std::string_view path);

/// "/a/b" of "/a/b/c"; "/" of "/a" and of "/".
std::string parent_path(std::string_view path);
/// `name` may be several components. An absolute `name` is returned as it is, and so is any if the
/// directory is "".
std::string join_paths(std::string_view directory, std::string_view name);

/// Truly below: never the directory itself, which may end with a slash.
bool is_below(std::string_view path, std::string_view directory);
bool is_at_or_below(std::string_view path, std::string_view directory);
/// "c/d" of "/a/b/c/d" below "/a/b"; the path must be below.
std::string_view path_below(std::string_view path, std::string_view directory);

/// How many symbolic links the kernel follows for one path (path_resolution(7)).
inline constexpr int most_links = 40;

}  // namespace maelstrom::util
