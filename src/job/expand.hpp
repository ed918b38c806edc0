#pragma once

#include "job/spec.hpp"
#include "util/error.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::job {

using Variables = std::map<std::string, std::string>;

/// Replaces in `text`
///
///     $env{NAME}   $env{NAME:-default}     from the client's environment
///     $prev{NAME}  $prev{NAME:-default}    from the variables before this element
///     $$                                   one dollar sign
///
/// A default stands for an absent or empty variable and holds neither `}` nor `$`.
util::Result<std::string>
expand(std::string_view text, const Variables& client, const Variables& previous);

/// Applies the elements in order to `start` (what the image gives). Errors name key and value.
util::Result<Variables> evaluate_environment(std::span<const EnvironmentElement> elements,
                                             const Variables& client,
                                             Variables start = {});

/// "KEY=VALUE", sorted by key.
std::vector<std::string> to_list(const Variables& variables);

}  // namespace maelstrom::job
