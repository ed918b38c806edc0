#pragma once

#include "job/spec.hpp"
#include "util/error.hpp"

#include <map>
#include <string>
#include <string_view>

namespace maelstrom::job {

/// Replaces `<name>` by its value. A run of 2n `<` before `name>` is an escape for n of them; of
/// 2n+1, n stand before the value. A `<` without a name and `>` behind it is literal. Names are a
/// letter or
/// `-`, then letters, digits, `-`; an unknown one is an error.
util::Result<std::string> substitute(std::string_view text,
                                     const std::map<std::string, std::string>& variables);

/// The same in all path strings of a layer, its prefixes included; not in commands.
util::Result<Layer> substitute(Layer layer, const std::map<std::string, std::string>& variables);

}  // namespace maelstrom::job
