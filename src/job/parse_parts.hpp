#pragma once

#include "job/spec.hpp"
#include "util/error.hpp"
#include "util/value.hpp"

// The parts of a container, each as it stands in JSON or TOML.

namespace maelstrom::job {

util::Result<Layer> parse_layer(const util::Value& value);
util::Result<Mount> parse_mount(const util::Value& value);
/// The object form, or the map form that stands for one element.
util::Result<std::vector<EnvironmentElement>> parse_environment(const util::Value& value,
                                                                std::string_view key);
util::Result<Limits> parse_limits(const util::Value& value);

/// Absolute, without `.`, `..` and doubled slashes; an error if it is empty or denotes the root.
util::Result<std::string> normalise_mount_point(std::string_view path);

}  // namespace maelstrom::job
