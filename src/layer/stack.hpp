#pragma once

#include "layer/tree.hpp"

// How layers lie on each other. Pure functions on trees.

namespace maelstrom::layer {

/// An upper layer made to fit the tree below it, so that laying it on top name by name gives the
/// right result.
struct Fitted {
    Directory tree;
    bool is_changed = false;
    /// It has whiteouts or opaque directories that really hide something: plain directories cannot
    /// say that.
    bool hides = false;
};

/// Implied directories take the attributes of the lower ones; entries below a lower link to a
/// directory move to where it leads; whiteouts and opaque marks that hide nothing go.
Fitted fit(Directory upper, const Directory& lower);

/// Lays a fitted layer on a tree.
void apply(Directory& lower, Directory fitted);

/// All of them, bottom first, as one tree without whiteouts.
Directory merge(std::vector<Directory> layers);

/// Without whiteouts and opaque marks: as the lowest layer, a tree hides nothing.
Directory without_whiteouts(Directory tree);

}  // namespace maelstrom::layer
