#pragma once

#include "filter/tree.hpp"
#include "filter/vocabulary.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace maelstrom::filter {

/// What the text of a filter says, and what its author should know about it.
struct Parsed {
    Node tree;
    std::optional<std::string> warning;
    std::size_t looks = 0;  ///< characters that were looked at: the work it took
};

/// In one pass: time grows with the length of the text and nothing else.
util::Result<Parsed> parse(std::string_view text, Dialect dialect);

}  // namespace maelstrom::filter
