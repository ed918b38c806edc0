#pragma once

#include "job/spec.hpp"
#include "util/error.hpp"
#include "util/value.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// A container in two steps: what is written (`ContainerFields`), and what it means together with
// its parent (`combine_strictly`). Test runners' augment directives share the first step and have
// rules of their own for the second.

namespace maelstrom::job {

/// A value and the place of its key.
template <class T>
struct Given {
    T value;
    util::Position key;
};
template <class T>
using Maybe = std::optional<Given<T>>;

struct ParentReference {
    std::string name;
    Fields use;                ///< everything the kind of parent can give unless `is_explicit`
    bool is_explicit = false;  ///< a `use` list was written
};

struct ContainerFields {
    Maybe<ParentReference> image;
    Maybe<ParentReference> parent;
    Maybe<std::vector<Layer>> layers;
    Maybe<std::vector<Layer>> added_layers;
    Maybe<std::vector<EnvironmentElement>> environment;
    Maybe<std::vector<EnvironmentElement>> added_environment;
    Maybe<std::vector<Mount>> mounts;
    Maybe<std::vector<Mount>> added_mounts;
    Maybe<Network> network;
    Maybe<bool> enable_writable_file_system;
    Maybe<std::string> working_directory;
    Maybe<std::uint32_t> user;
    Maybe<std::uint32_t> group;
    Maybe<Capabilities> capabilities;
    Maybe<Limits> limits;
};

/// Every key that a container may have.
std::span<const std::string_view> container_keys();
/// The spelling in a `use` list and as a key.
std::string_view name_of(Field field);
/// What an image, or a named container, can give to its children.
const Fields& image_fields();
const Fields& all_fields();

/// Reads the keys of `container_keys()` from an object; others are the caller's business.
util::Result<ContainerFields> read_container_fields(const util::Value& object);
/// The exclusion rules for containers, jobs and directives with a parent; the first violation wins.
util::Result<Container> combine_strictly(ContainerFields fields);

}  // namespace maelstrom::job
