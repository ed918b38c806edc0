#pragma once

#include "job/spec.hpp"
#include "layer/project.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace maelstrom::store {
class Store;
}

namespace maelstrom::layer {

struct BuilderSettings {
    std::string project_directory;  ///< absolute; relative local paths start here
    std::string home;               ///< `$HOME`: project links may lead below it
    std::string ld_library_path;    ///< `LD_LIBRARY_PATH`: searched for shared libraries
    /// Told after every look at a project; may be empty. Called on the thread that builds.
    std::function<void(const ProjectSummary&)> on_project;
};

/// Turns layer descriptions into layers of the store (Remote Execution `Tree` messages and the
/// blobs they name). A layer whose inputs have not changed since any earlier build costs one stat
/// per file. Failures are not remembered. Thread-safe.
class Builder {
public:
    static std::unique_ptr<Builder> create(store::Store& store, BuilderSettings settings);
    /// `home` and `ld_library_path` as the environment has them.
    static std::unique_ptr<Builder> create(store::Store& store, std::string project_directory);
    virtual ~Builder() = default;

    /// Digest of the layer's Tree message. Pins it, and all it names, for the life of the store
    /// object. What was seen of the disk before `since` is looked at again; what was seen later
    /// costs nothing.
    virtual util::Result<util::Digest> build(const job::Layer& layer,
                                             std::chrono::steady_clock::time_point since) = 0;
    /// Takes what was seen less than 100 ms ago as it is.
    util::Result<util::Digest> build(const job::Layer& layer) {
        return build(layer, std::chrono::steady_clock::now() - std::chrono::milliseconds(100));
    }
};

}  // namespace maelstrom::layer
