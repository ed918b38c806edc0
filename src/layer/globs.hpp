#pragma once

#include "job/spec.hpp"
#include "layer/glob.hpp"
#include "layer/inputs.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace maelstrom::layer {

/// Answers globs from walks of the project, each started at the longest literal directory of a
/// pattern. A walk serves every glob that accepts its age and starts at or below the same place.
/// `.git`, `.maelstrom-…` and virtual environments are not entered, unless a walk starts inside.
/// Any thread.
class Globs {
public:
    explicit Globs(std::string project_directory)
        : project_directory_(std::move(project_directory)) {}

    /// From walks that began at `since` or later.
    Result<Inputs> inputs(const job::GlobLayer& layer, std::chrono::steady_clock::time_point since);

private:
    struct Walk {
        std::string start;
        std::vector<std::string> paths;  ///< relative to the project
        std::unordered_set<std::string> entered;
        std::chrono::steady_clock::time_point made;
    };
    class Collector;

    Result<std::vector<Item>> look_at_all(const job::GlobLayer& layer,
                                          std::span<const std::string* const> paths) const;
    Result<std::shared_ptr<const Walk>> walk_from(const std::string& start,
                                                  std::chrono::steady_clock::time_point since);

    const std::string project_directory_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<const Walk>> walks_;
};

}  // namespace maelstrom::layer
