#include "layer/host_base.hpp"

#include "util/path.hpp"

#include <algorithm>

namespace maelstrom::layer {

bool is_host_base_name(std::string_view name) {
    return name == "bin" || name == "sbin" || name.starts_with("lib");
}

bool is_in_host_base(std::string_view path) {
    const std::string_view top = path.substr(1, path.find('/', 1) - 1);
    return is_host_base_name(top) ||
           std::ranges::any_of(host_base_directories, [&](std::string_view directory) {
               return util::is_at_or_below(path, directory);
           });
}

}  // namespace maelstrom::layer
