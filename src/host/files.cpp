#include "host/files.hpp"

#include "util/path.hpp"
#include "util/text.hpp"

#include <climits>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace maelstrom::host {

using util::join_paths;
using util::parent_path;

namespace {

/// Components still to walk, the next one last.
void push_components(std::vector<std::string>& pending, std::string_view path) {
    const auto components = util::split(path, '/');
    for (auto component = components.rbegin(); component != components.rend(); ++component) {
        if (!component->empty() && *component != ".") {
            pending.emplace_back(*component);
        }
    }
}

}  // namespace

// These three are asked hundreds of times for every container, mostly about things that are not
// there: they go to the kernel without making an error message.

std::optional<struct stat> Files::look(const std::string& path) const {
    struct stat status{};
    if (::lstat(on_host(path).c_str(), &status) != 0) {
        return std::nullopt;
    }
    return status;
}

std::optional<std::string> Files::link_target(const std::string& path) const {
    std::array<char, PATH_MAX> buffer;
    const ssize_t size = ::readlink(on_host(path).c_str(), buffer.data(), buffer.size());
    if (size < 0) {
        return std::nullopt;
    }
    return std::string(buffer.data(), static_cast<std::size_t>(size));
}

std::optional<std::string> Files::content(const std::string& path, util::Bytes limit) const {
    const auto status = look(path);
    if (!status || !S_ISREG(status->st_mode) ||
        static_cast<std::uint64_t>(status->st_size) > limit.count) {
        return std::nullopt;
    }
    auto fd = sys::open(on_host(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!fd) {
        return std::nullopt;
    }
    auto bytes = sys::read_all(*fd, limit);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

bool Files::is_directory(const std::string& path) const {
    const Resolution resolution = resolve(path);
    const auto status = resolution.exists ? look(resolution.path) : std::nullopt;
    return status && S_ISDIR(status->st_mode);
}

bool Files::exists(const std::string& path) const {
    return resolve(path).exists;
}

std::vector<sys::DirectoryEntry> Files::entries(const std::string& directory) const {
    const auto fd = sys::open(on_host(directory), O_RDONLY | O_DIRECTORY);
    if (!fd) {
        return {};
    }
    auto entries = sys::list_directory(*fd);
    return entries ? std::move(*entries) : std::vector<sys::DirectoryEntry>();
}

std::vector<std::pair<std::string, struct stat>>
Files::entries_with_status(const std::string& directory) const {
    std::vector<std::pair<std::string, struct stat>> result;
    const auto fd = sys::open(on_host(directory), O_RDONLY | O_DIRECTORY);
    if (!fd) {
        return result;
    }
    auto entries = sys::list_directory(*fd);
    if (!entries) {
        return result;
    }
    result.reserve(entries->size());
    for (sys::DirectoryEntry& entry : *entries) {
        struct stat status{};
        if (::fstatat(fd->get(), entry.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
            result.emplace_back(std::move(entry.name), status);
        }
    }
    return result;
}

Resolution Files::resolve(const std::string& path) const {
    Resolution result{.path = "/", .links = {}, .exists = true};
    std::vector<std::string> pending;
    push_components(pending, path);
    while (!pending.empty()) {
        const std::string component = std::move(pending.back());
        pending.pop_back();
        if (component == "..") {
            result.path = parent_path(result.path);
            continue;
        }
        const std::string next = join_paths(result.path, component);
        const auto status = result.exists ? look(next) : std::nullopt;
        result.exists = status.has_value();
        if (!status || !S_ISLNK(status->st_mode)) {
            result.path = next;
            continue;
        }
        const auto target = link_target(next);
        if (!target || result.links.size() == std::size_t{util::most_links}) {
            result.path = next;
            result.exists = false;
            continue;
        }
        result.links.push_back({.path = next, .target = *target});
        if (target->starts_with('/')) {
            result.path = "/";
        }
        push_components(pending, *target);
    }
    return result;
}

}  // namespace maelstrom::host
