#include "host/environment_trees.hpp"

#include "util/path.hpp"
#include "util/text.hpp"

#include <optional>

namespace maelstrom::host {

using util::join_paths;
using util::normal_path;
using util::parent_path;

namespace {

/// Of `home = /usr/bin` in a pyvenv.cfg: the directory with the interpreter that made it.
std::optional<std::string> interpreter_directory(std::string_view config) {
    for (const std::string_view line : util::split_lines(config)) {
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos && util::trim(line.substr(0, equals)) == "home") {
            const std::string_view value = util::trim(line.substr(equals + 1));
            return value.starts_with('/') ? std::optional(normal_path(value)) : std::nullopt;
        }
    }
    return std::nullopt;
}

std::vector<FurtherTree> virtual_environment_trees(const Files& files,
                                                   const std::string& directory) {
    const std::string config_file = join_paths(normal_path(directory), "pyvenv.cfg");
    const auto config = files.content(files.resolve(config_file).path, util::Bytes{65536});
    if (!config) {
        return {};
    }
    using enum FurtherTree::Kind;
    std::vector<FurtherTree> trees = {{.path = normal_path(directory), .kind = environment}};
    if (const auto interpreter = interpreter_directory(*config)) {
        trees.push_back({.path = parent_path(*interpreter), .kind = environment});
    }
    return trees;
}

}  // namespace

std::vector<FurtherTree> environment_trees(const Files& files, const std::string& directory) {
    const std::string path = normal_path(directory);
    if (files.is_directory(join_paths(path, "conda-meta"))) {
        return {{.path = path, .kind = FurtherTree::Kind::environment}};
    }
    return virtual_environment_trees(files, path);
}

}  // namespace maelstrom::host
