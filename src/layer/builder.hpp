#pragma once

#include "job/spec.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"

#include <memory>
#include <string>

namespace maelstrom::store {
class Store;
}

namespace maelstrom::layer {

/// Turns layer descriptions into layers of the store (Remote Execution `Tree` messages and the blobs they name).
/// A layer whose inputs have not changed since any earlier build costs one stat per file. Thread-safe.
class Builder {
public:
    /// Relative local paths start at `project_directory` (absolute).
    static std::unique_ptr<Builder> create(store::Store& store, std::string project_directory);
    virtual ~Builder() = default;

    /// Digest of the layer's Tree message. Pins it, and all it names, for the life of the store object.
    virtual util::Result<util::Digest> build(const job::Layer& layer) = 0;
};

/// The layer as a plain read-only directory, made of hard links into the store when it is not there yet. The path stays
/// valid for the life of the store object. Thread-safe; threads and processes that want the same one share the work.
util::Result<std::string> materialise(store::Store& store, const util::Digest& layer);

}  // namespace maelstrom::layer
