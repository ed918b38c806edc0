#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace maelstrom::history {

/// A test from run to run: what it is called does not change while its source does not.
struct TestKey {
    std::string package;
    std::string artifact;  ///< what holds it: a source file below the project, a test binary
    std::string name;      ///< within the artifact
    auto operator<=>(const TestKey&) const = default;
};

enum class Outcome { passed, failed };

/// What earlier runs of one test came to. Values are stored; see docs/formats/history.md.
struct Record {
    std::optional<Outcome> outcome;                   ///< of the last run; none if it never ran
    std::vector<std::chrono::nanoseconds> durations;  ///< of the last ones, newest last
    std::uint64_t runs = 0;
    std::uint64_t failures = 0;  ///< of those runs
    std::uint64_t flaky = 0;     ///< of those runs: passed, but only after a failed attempt
    bool operator==(const Record&) const = default;

    /// The mean of the durations.
    std::optional<std::chrono::nanoseconds> estimate() const;
};

/// How many durations are kept: enough to forget a slow machine soon.
inline constexpr std::size_t kept_durations = 3;

/// What the user has been told once, and of how many tests it was true then.
using Said = std::map<std::string, std::uint64_t>;

/// What one execution came to.
struct Execution {
    Outcome outcome = Outcome::passed;
    std::optional<std::chrono::nanoseconds> duration;  ///< none: it did not get as far as running
    bool flaky = false;
};

}  // namespace maelstrom::history
