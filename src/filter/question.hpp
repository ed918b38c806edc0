#pragma once

#include "filter/scanner.hpp"
#include "filter/tree.hpp"
#include "filter/vocabulary.hpp"
#include "util/error.hpp"

namespace maelstrom::filter {

/// Reads the question that begins here: `library`, `name.contains(x)`.
util::Result<Node> read_question(Scanner& scanner, Dialect dialect);

}  // namespace maelstrom::filter
