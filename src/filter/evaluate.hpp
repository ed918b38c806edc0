#pragma once

#include "filter/subject.hpp"
#include "filter/tree.hpp"
#include "filter/truth.hpp"

namespace maelstrom::filter {

/// The subject is of the dialect that the tree was read in.
Truth evaluate(const Node& tree, const Subject& subject);

}  // namespace maelstrom::filter
