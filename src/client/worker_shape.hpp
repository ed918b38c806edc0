#pragma once

#include "client/client.hpp"
#include "job/expand.hpp"
#include "job/inherit.hpp"

#include <span>
#include <string>
#include <string_view>

// From a merged container to what a worker gets: pure functions.

namespace maelstrom::client {

/// What of `Extras` belongs to the container.
struct RootWishes {
    std::optional<job::CapturedRoot> capture;
    bool host_name = false;
    bool fork_point = false;
    auto operator<=>(const RootWishes&) const = default;
};

/// Images cannot be used yet: an error if the container needs one.
util::Result<void> check_image(const job::Container& container);

/// The rules that hold for a whole job, after all else is known.
util::Result<void> check_container(const job::Container& container);

/// The worker's shape of a container. Relative bind sources start at the project directory.
job::Environment make_environment(const job::Container& container,
                                  const RootWishes& wishes,
                                  std::vector<util::Digest> layers,
                                  const job::Variables& variables,
                                  const std::string& project_directory);

/// Why such a job can only run on this machine; empty if it can run anywhere.
std::string_view local_only_reason(const job::Environment& environment);

/// Whether nothing on this machine can change what the layer is made of. A project counts as such:
/// its snapshot is taken once.
bool never_changes(const job::Layer& layer);

}  // namespace maelstrom::client
