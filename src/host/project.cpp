#include "host/project.hpp"

#include "host/places.hpp"
#include "layer/host_base.hpp"
#include "util/path.hpp"

#include <algorithm>
#include <array>

namespace maelstrom::host {

using util::is_below;
using util::join_paths;
using util::parent_path;

namespace {

constexpr std::array version_control = {".git", ".hg", ".svn", ".jj"};
/// Parts of the host base where projects do live; elsewhere in it one stands among installed files.
constexpr std::array workplaces = {"/opt", "/usr/src", "/usr/local/src"};

bool is_controlled(const Files& files, const std::string& directory) {
    return std::ranges::any_of(version_control, [&](const char* name) {
        return files.look(join_paths(directory, name)).has_value();
    });
}

bool is_installed(const std::string& directory) {
    const auto below = [&](const char* place) { return is_below(directory, place); };
    return std::ranges::any_of(layer::host_base_directories, below) &&
           std::ranges::none_of(workplaces, below);
}

}  // namespace

Project find_project(const Files& files, const std::string& directory, const std::string& home) {
    const std::string start = files.resolve(directory).path;
    const std::string real_home = files.resolve(home).path;
    if (std::string why = why_not_whole(start, real_home); !why.empty()) {
        return {.root = std::nullopt, .reason = std::move(why)};
    }
    for (std::string at = start; why_not_whole(at, real_home).empty(); at = parent_path(at)) {
        if (is_controlled(files, at)) {
            return {.root = at,
                    .reason = at == start ? "it is under version control"
                                          : "the version-control root above " + start};
        }
    }
    if (is_installed(start)) {
        return {.root = std::nullopt, .reason = start + " is part of the installed system"};
    }
    return {.root = start, .reason = "no version control at or above it"};
}

Project given_project(const Files& files, const std::string& root, const std::string& home) {
    const std::string real_root = files.resolve(root).path;
    if (std::string why = why_not_whole(real_root, files.resolve(home).path); !why.empty()) {
        return {.root = std::nullopt, .reason = std::move(why)};
    }
    return {.root = real_root, .reason = "given"};
}

}  // namespace maelstrom::host
