#include "util/path.hpp"

#include "util/check.hpp"
#include "util/text.hpp"

namespace maelstrom::util {

std::string normal_path(std::string_view path) {
    std::vector<std::string_view> kept;
    for (const std::string_view component : split(path, '/')) {
        if (component.empty() || component == ".") {
            continue;
        }
        if (component == "..") {
            if (!kept.empty()) {
                kept.pop_back();
            }
            continue;
        }
        kept.push_back(component);
    }
    std::string result;
    for (const std::string_view component : kept) {
        result += '/';
        result += component;
    }
    return result.empty() ? "/" : result;
}

std::string parent_path(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == 0 || slash == std::string_view::npos ? "/" : std::string(path.substr(0, slash));
}

std::string join_paths(std::string_view directory, std::string_view name) {
    if (directory.empty() || name.starts_with('/')) {
        return std::string(name);
    }
    std::string path;
    path.reserve(directory.size() + 1 + name.size());
    return path.append(directory).append(directory.ends_with('/') ? "" : "/").append(name);
}

bool is_below(std::string_view path, std::string_view directory) {
    if (directory.empty()) {
        return !path.empty() && !path.starts_with('/');
    }
    return path.size() > directory.size() && path.starts_with(directory) &&
           (directory.ends_with('/') || path[directory.size()] == '/');
}

bool is_at_or_below(std::string_view path, std::string_view directory) {
    return path == directory || is_below(path, directory);
}

std::string_view path_below(std::string_view path, std::string_view directory) {
    CHECK(is_below(path, directory));
    return path.substr(directory.size() + (directory.empty() || directory.ends_with('/') ? 0 : 1));
}

}  // namespace maelstrom::util
