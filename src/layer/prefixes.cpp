#include "layer/prefixes.hpp"

#include "sys/file.hpp"
#include "util/log.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

namespace maelstrom::layer {

using util::fail_errno;

Result<Item> Prefixes::item(const std::string& written) {
    std::string source = util::join_paths(project_directory_, written);
    std::string path = written;
    if (options_.canonicalize) {
        const std::unique_ptr<char, decltype(&::free)> real(::realpath(source.c_str(), nullptr),
                                                            ::free);
        if (!real) {
            return fail_errno("{}", util::quoted(source));
        }
        source = real.get();
        path = source;
    }
    path = TRY(container_path(path));
    // A canonical path is no link, so its own data are those of the resolved file.
    return look(std::move(path), std::move(source));
}

/// Neighbours are looked at from their directory: that is half the work of a path from the root.
Result<Item> Prefixes::look(std::string path, std::string source) {
    const std::size_t slash = source.rfind('/');
    const std::string_view directory = std::string_view(source).substr(0, slash);
    if (directory != last_directory_ || source.ends_with('/')) {
        last_directory_ = directory;
        directory_.close();
        return look_at(std::move(path), std::move(source), options_.follow_symlinks);
    }
    if (!directory_) {
        directory_ = TRY(sys::open(last_directory_ + "/", O_PATH | O_DIRECTORY));
    }
    struct stat status{};
    const int flags = options_.follow_symlinks ? 0 : AT_SYMLINK_NOFOLLOW;
    if (::fstatat(directory_.get(), source.c_str() + slash + 1, &status, flags) != 0) {
        return fail_errno("{}", util::quoted(source));
    }
    return item_from(std::move(path), std::move(source), status);
}

Result<std::string> Prefixes::container_path(const std::string& path) {
    has_seen_any_ = true;
    if (!options_.strip_prefix && !options_.prepend_prefix) {
        return path;  // whose components the tree checks
    }
    const bool is_absolute = path.starts_with('/');
    std::vector<std::string> components;
    for (const std::string_view component : util::split(path, '/')) {
        if (!component.empty() && component != ".") {
            components.emplace_back(component);
        }
    }
    if (options_.strip_prefix && options_.strip_prefix->starts_with('/') == is_absolute) {
        std::vector<std::string> prefix;
        for (const std::string_view component : util::split(*options_.strip_prefix, '/')) {
            if (!component.empty() && component != ".") {
                prefix.emplace_back(component);
            }
        }
        if (components.size() >= prefix.size() &&
            std::equal(prefix.begin(), prefix.end(), components.begin())) {
            components.erase(components.begin(),
                             components.begin() + static_cast<std::ptrdiff_t>(prefix.size()));
            has_stripped_ = true;
        }
    }
    std::string result = options_.prepend_prefix.value_or("");
    for (const std::string& component : components) {
        result.append("/").append(component);
    }
    return result;
}

void Prefixes::finish() const {
    if (options_.strip_prefix && has_seen_any_ && !has_stripped_) {
        util::log::warning("strip_prefix {} is not a prefix of any path in its layer",
                           util::quoted(*options_.strip_prefix));
    }
}

}  // namespace maelstrom::layer
