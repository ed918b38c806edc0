#pragma once

#include <string>
#include <string_view>

namespace maelstrom::host {

/// A git configuration without the sections in which people keep credentials.
std::string without_credentials(std::string_view git_config);

}  // namespace maelstrom::host
