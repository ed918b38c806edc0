#include "job/parse.hpp"

#include "job/fields.hpp"
#include "job/reader.hpp"
#include "util/text.hpp"

#include <array>

namespace maelstrom::job {

namespace {

using util::fail_at;
using util::Result;
using util::Value;

constexpr std::array<std::string_view, 4> own_keys{"program", "arguments", "timeout", "priority"};

const std::vector<std::string_view>& job_keys() {
    static const std::vector<std::string_view> keys = [] {
        std::vector<std::string_view> all(own_keys.begin(), own_keys.end());
        all.insert(all.end(), container_keys().begin(), container_keys().end());
        return all;
    }();
    return keys;
}

Result<std::string> parse_program(const Value& value, Program need) {
    if (need == Program::optional && given(value, "program") == nullptr) {
        return std::string();
    }
    const Value* program = TRY(required(value, "program", "a job"));
    return read_string(*program, "program");
}

Result<std::optional<std::chrono::seconds>> parse_timeout(const Value& value) {
    const auto* member = given(value, "timeout");
    if (member == nullptr) {
        return std::nullopt;
    }
    const std::int64_t seconds =
        TRY(read_integer(member->value, "timeout", 0, std::numeric_limits<std::uint32_t>::max()));
    return seconds == 0 ? std::nullopt : std::optional(std::chrono::seconds(seconds));
}

}  // namespace

Result<Container> parse_container(const Value& value) {
    TRY(check_object(value, "a container", container_keys()));
    ContainerFields fields = TRY(read_container_fields(value));
    return combine_strictly(std::move(fields));
}

Result<Job> parse_job(const Value& value, Program program) {
    TRY(check_object(value, "a job", job_keys()));
    Job job;
    job.program = TRY(parse_program(value, program));
    if (const auto* arguments = given(value, "arguments")) {
        job.arguments = TRY(read_strings(arguments->value, "arguments"));
    }
    job.timeout = TRY(parse_timeout(value));
    if (const auto* priority = given(value, "priority")) {
        job.priority =
            static_cast<std::int8_t>(TRY(read_integer(priority->value, "priority", -128, 127)));
    }
    ContainerFields fields = TRY(read_container_fields(value));
    job.container = TRY(combine_strictly(std::move(fields)));
    return job;
}

Result<NamedContainers> parse_containers(const Value& value) {
    if (value.object() == nullptr) {
        return fail_type(value, "containers", "an object of containers by name");
    }
    NamedContainers containers;
    for (const Value::Member& member : *value.object()) {
        if (member.key == host_container_name) {
            return fail_at(member.position,
                           "the container \"host\" is built in; give yours another name and, to "
                           "build on it, \"parent\": \"host\"");
        }
        Container container =
            TRY(parse_container(member.value), "container {}", util::quoted(member.key));
        containers.push_back({member.key, std::move(container)});
    }
    return containers;
}

Result<std::variant<Job, NamedContainers>> parse_input(const Value& value, Program program) {
    const Value::Object* members = value.object();
    if (members != nullptr && members->size() == 1 && members->front().key == "containers") {
        return TRY(parse_containers(members->front().value));
    }
    return TRY(parse_job(value, program));
}

}  // namespace maelstrom::job
