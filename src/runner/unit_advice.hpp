#pragma once

#include "history/history.hpp"
#include "runner/case.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>

namespace maelstrom::runner {

/// Watches what a container for each single test costs a run of very many very short ones, and
/// tells that tests can share containers where that would save most of the time.
class UnitAdvice {
public:
    void queued(const Case& test);
    /// One test's own time, and that from the start of its container to its end.
    void finished(std::chrono::nanoseconds own, std::chrono::nanoseconds container);

    /// When the run is over, or interrupted after so much time. None: there is not much to gain.
    std::optional<std::string> text(std::chrono::nanoseconds elapsed) const;
    std::size_t tests() const { return tests_; }
    /// In the log; once in a project, unless that has become another one meanwhile.
    void say_once(std::chrono::nanoseconds elapsed, history::History& history) const;

private:
    using Seconds = std::chrono::duration<double>;

    /// What one test takes of the time of a run, in which several run beside each other: a mean.
    struct Cost {
        Seconds test;
        Seconds container;
        Seconds alone;  ///< both
    };
    Cost cost_of_a_test(Seconds elapsed) const;

    std::size_t tests_ = 0;
    std::size_t results_ = 0;
    Seconds own_{};
    Seconds containers_{};
    bool unit_was_chosen_ = false;
    std::unordered_set<std::size_t> functions_;
    std::unordered_set<std::size_t> classes_;
    std::unordered_set<std::size_t> files_;
};

}  // namespace maelstrom::runner
