#include "runner/unit_advice.hpp"

#include "util/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace maelstrom::runner {

namespace {

using Seconds = std::chrono::duration<double>;

/// Fewer are done soon in any case.
constexpr std::size_t least_tests = 1000;
/// Enough for a mean.
constexpr std::size_t least_results = 200;
constexpr Seconds least_gain{20};

std::string rounded(Seconds time) {
    if (time >= std::chrono::minutes(2)) {
        return fmt::format("{:.0f} min", time.count() / 60);
    }
    return fmt::format("{:.0f} s", std::max(time, Seconds(1)).count());
}

/// 62423 → 62,423
std::string grouped(std::size_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t place = digits.size(); place > 3;) {
        place -= 3;
        digits.insert(place, 1, ',');
    }
    return digits;
}

struct Comparison {
    std::string_view unit;
    std::size_t containers;  ///< one for each unit
    std::size_t tests;
    Seconds apart;     ///< each test in a container of its own
    Seconds together;  ///< those of a unit in one
};

std::string advice(const Comparison& found) {
    return fmt::format(
        "{tests} tests, each in a container of its own, take about {apart} here. With "
        "--isolation-unit={unit} the tests of a {unit} share one: {containers} container{s}, "
        "less than {together}",
        fmt::arg("tests", grouped(found.tests)), fmt::arg("apart", rounded(found.apart)),
        fmt::arg("unit", found.unit), fmt::arg("containers", grouped(found.containers)),
        fmt::arg("s", found.containers == 1 ? "" : "s"),
        fmt::arg("together", rounded(found.together)));
}

}  // namespace

void UnitAdvice::queued(const Case& test) {
    ++tests_;
    unit_was_chosen_ = unit_was_chosen_ || test.orders.unit != IsolationUnit::test;
    if (test.units) {
        functions_.insert(test.units->function);
        classes_.insert(test.units->of_class);
        files_.insert(test.units->file);
    }
}

void UnitAdvice::finished(std::chrono::nanoseconds own, std::chrono::nanoseconds container) {
    ++results_;
    own_ += own;
    containers_ += container;
}

UnitAdvice::Cost UnitAdvice::cost_of_a_test(Seconds elapsed) const {
    const double results = static_cast<double>(results_);
    const double beside_each_other = std::max(1.0, containers_ / std::max(elapsed, Seconds(1e-9)));
    const Seconds alone = elapsed / results;
    const Seconds test = own_ / results / beside_each_other;
    return {.test = test, .container = std::max(Seconds(0), alone - test), .alone = alone};
}

std::optional<std::string> UnitAdvice::text(std::chrono::nanoseconds elapsed) const {
    if (unit_was_chosen_ || files_.empty() || tests_ < least_tests || results_ < least_results) {
        return std::nullopt;
    }
    const Cost cost = cost_of_a_test(elapsed);
    const double tests = static_cast<double>(tests_);
    const Seconds apart = tests * cost.alone;
    const std::array<std::pair<const char*, std::size_t>, 3> units{{
        {"function", functions_.size()},
        {"class", classes_.size()},
        {"file", files_.size()},
    }};
    for (const auto& [unit, containers] : units) {
        // More than it will be: in a fresh process a test is slower than in one that has run
        // others.
        const Seconds together =
            static_cast<double>(containers) * cost.container + tests * cost.test;
        if (together * 2 <= apart && apart - together >= least_gain) {
            return advice({.unit = unit,
                           .containers = containers,
                           .tests = tests_,
                           .apart = apart,
                           .together = together});
        }
    }
    return std::nullopt;
}

void UnitAdvice::say_once(std::chrono::nanoseconds elapsed, history::History& history) const {
    constexpr const char* name = "isolation-unit";
    const auto said = history.said(name);
    if (said && tests_ <= *said * 2) {
        return;
    }
    if (const auto words = text(elapsed)) {
        util::log::info("{}", *words);
        history.say(name, tests_);
    }
}

}  // namespace maelstrom::runner
