#pragma once

#include "util/value.hpp"

#include <chrono>
#include <optional>

namespace maelstrom::util {

/// No test takes longer than this, some eleven days. Thousands of such times can be added up.
inline constexpr std::chrono::nanoseconds longest_duration = std::chrono::seconds(1'000'000);

/// A number of seconds from somebody else. None where that is no number, negative, or more than
/// `longest_duration`.
std::optional<std::chrono::nanoseconds> seconds_of(const Value& value);

}  // namespace maelstrom::util
