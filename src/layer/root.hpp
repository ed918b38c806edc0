#pragma once

#include "util/digest.hpp"
#include "util/error.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace maelstrom::store {
class Store;
}

namespace maelstrom::layer {

/// The layer as a plain directory, made of hard links into the store when it is not there yet.
/// Nobody may change anything below it. The path stays valid for the life of the store object, and
/// the layer is pinned. Whiteouts are not shown. Thread-safe; threads and processes that want the
/// same one share the work.
util::Result<std::string> materialise(store::Store& store, const util::Digest& layer);

/// The directories to give to an overlay mount so that it shows the layers (bottom first) stacked,
/// top-most directory first: at least one, at most `max_lower_directories`. Nothing in them needs
/// whiteouts or extended attributes. What overlayfs cannot say is arranged beforehand: whiteouts,
/// implied parent directories that must keep the attributes of a lower one, entries below a lower
/// link to a directory. The answer is remembered; a stack seen before costs a few file look-ups.
util::Result<std::vector<std::string>> prepare_root(store::Store& store,
                                                    std::span<const util::Digest> layers);
/// The same if it has been prepared before and is still there; none otherwise. Makes nothing.
std::optional<std::vector<std::string>> find_root(store::Store& store,
                                                  std::span<const util::Digest> layers);

inline constexpr std::size_t max_lower_directories = 16;

}  // namespace maelstrom::layer
