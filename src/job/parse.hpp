#pragma once

#include "job/spec.hpp"
#include "util/error.hpp"
#include "util/value.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

// From JSON or TOML to the values of `job/spec.hpp`. Every error says the place ("line 3, column 5:
// …"), what was found and what is legal there.

namespace maelstrom::job {

/// The name of the built-in container of the host; nobody may define another.
inline constexpr std::string_view host_container_name = "host";

struct NamedContainer {
    std::string name;
    Container container;
};
using NamedContainers = std::vector<NamedContainer>;

/// Whether a job must name its program, or whoever reads it brings one.
enum class Program { required, optional };

util::Result<Container> parse_container(const util::Value& value);
/// A job with all keys of its container beside its own.
util::Result<Job> parse_job(const util::Value& value, Program program = Program::required);
/// A map from names to containers, in document order.
util::Result<NamedContainers> parse_containers(const util::Value& value);

/// One object of a stream: a job, or a container set, whose only member is "containers".
util::Result<std::variant<Job, NamedContainers>> parse_input(const util::Value& value,
                                                             Program program = Program::required);

}  // namespace maelstrom::job
