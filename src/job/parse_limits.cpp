#include "job/parse_parts.hpp"
#include "job/reader.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace maelstrom::job {

namespace {

using util::Result;
using util::Value;

constexpr std::array<std::string_view, 9> limit_names{
    "memory", "processes", "cpu", "cpu_time", "files", "file_size", "core", "tmp", "best_effort"};
constexpr std::int64_t largest_count = std::numeric_limits<std::uint32_t>::max();

Result<void> read(const Value& limits, std::string_view name, std::optional<util::Bytes>& target) {
    if (const auto* member = given(limits, name)) {
        target = TRY(read_bytes(member->value, name));
    }
    return {};
}

/// To the kernel a size of 0 means no limit here (tmpfs), or one that nothing can live in.
Result<void>
read_positive(const Value& limits, std::string_view name, std::optional<util::Bytes>& target) {
    TRY(read(limits, name, target));
    if (target && target->count == 0) {
        return fail_type(*limits.find(name), name, "more than 0 bytes");
    }
    return {};
}

Result<void>
read_count(const Value& limits, std::string_view name, std::optional<std::uint64_t>& target) {
    if (const auto* member = given(limits, name)) {
        target =
            static_cast<std::uint64_t>(TRY(read_integer(member->value, name, 1, largest_count)));
    }
    return {};
}

Result<void> read_cpu(const Value& limits, std::optional<double>& target) {
    const auto* member = given(limits, "cpu");
    if (member == nullptr) {
        return {};
    }
    const Value& value = member->value;
    double count = 0;
    if (const auto* whole = std::get_if<std::uint64_t>(&value.data)) {
        count = static_cast<double>(*whole);
    } else if (const auto* fraction = std::get_if<double>(&value.data)) {
        count = *fraction;
    }
    // cpu.max has a period of 100 ms and a quota of at least 1 ms.
    if (!(count >= 0.01 && count <= 1'000'000)) {
        return fail_type(value, "cpu", "a number of CPUs from 0.01 to 1000000");
    }
    target = count;
    return {};
}

}  // namespace

Result<Limits> parse_limits(const Value& value) {
    TRY(check_object(value, "\"limits\"", limit_names));
    Limits limits;
    TRY(read_positive(value, "memory", limits.memory));
    TRY(read_count(value, "processes", limits.processes));
    TRY(read_cpu(value, limits.cpu));
    if (const auto* member = given(value, "cpu_time")) {
        limits.cpu_time =
            std::chrono::seconds(TRY(read_integer(member->value, "cpu_time", 1, largest_count)));
    }
    TRY(read_count(value, "files", limits.files));
    TRY(read(value, "file_size", limits.file_size));
    TRY(read(value, "core", limits.core));
    TRY(read_positive(value, "tmp", limits.tmp));
    if (const auto* member = given(value, "best_effort")) {
        limits.best_effort = TRY(read_boolean(member->value, "best_effort"));
    }
    return limits;
}

}  // namespace maelstrom::job
