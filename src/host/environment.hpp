#pragma once

#include "host/caller.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::host {

struct EnvironmentRequest {
    std::vector<std::string>
        pass;       ///< names of variables to let in besides the usual; "*" and "?" allowed
    Variables set;  ///< wins over what is passed
    bool has_terminal = false;  ///< TERM is passed then, else it is "dumb"
};

/// What of the caller's variables a container gets, and what is set there. All else stays outside,
/// tokens first of all. `exists` says whether a directory of PATH is there in the container.
Variables container_variables(const Variables& outside,
                              const EnvironmentRequest& request,
                              const std::function<bool(const std::string&)>& exists);

/// "*" stands for any text, "?" for one character.
bool name_matches(std::string_view pattern, std::string_view name);

}  // namespace maelstrom::host
