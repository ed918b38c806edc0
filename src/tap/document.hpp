#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The Test Anything Protocol, versions 12 to 14, as programs write it to their standard output.

namespace maelstrom::tap {

/// "ok 3 - adds # SKIP not here", and what follows it until the next test point.
struct Point {
    enum class Directive : std::uint8_t { none, skip, todo };

    std::string name;  ///< "3 - adds"; within subtests "3 - group / 1 - adds"
    bool ok = true;
    Directive directive = Directive::none;
    std::string reason;   ///< of the directive
    std::string message;  ///< of a YAML block
    std::string output;   ///< YAML, comments and other lines
};

/// What a program has said. A test point that only sums up a subtest is not among the points; one
/// that says something else than its subtest does, or has a directive, stands for all of it.
struct Document {
    std::vector<Point> points;
    /// What is wrong with it as a whole: "planned 5 test points, ran 3".
    std::vector<std::string> mistakes;
    std::optional<std::string> skipped;   ///< the plan was "1..0": why
    std::optional<std::string> bail_out;  ///< "Bail out!": why
    std::string rest;                     ///< lines before the first test point
};

Document parse(std::string_view text);

}  // namespace maelstrom::tap
