#pragma once

#include "job/execution.hpp"
#include "pytest/report.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

// The processes that tests are forked from, one for each container.

namespace maelstrom::pytest {

/// Where each item of one collection stands among those of another: by its place in its file, by
/// its id, or by its place alone where ids hold what differs from process to process. As plugin.py
/// chooses the items of a process; none: it is not there.
std::vector<std::optional<std::size_t>> places_of(std::span<const Item> items,
                                                  std::span<const Item> there);

/// Each holds all that importing brings into memory, so there are only so many at a time. Says,
/// once for each reason, where tests have to do without.
class ForkPoints {
public:
    static constexpr std::size_t most = 4;

    /// The process that has collected for the run.
    void add_first(std::string container, job::JobId job);
    enum class Claim {
        none,  ///< there is no first one, or one has been tried there
        make,  ///< one has to be made, and counts from now on
        wait,  ///< there is no room now
    };
    Claim claim(const std::string& container);
    /// The claimed one is there, with the run's items at those places.
    void take(const std::string& container,
              job::JobId job,
              std::vector<std::optional<std::size_t>> places);
    /// The one in that container has ended, and may be claimed again.
    void give_up(const std::string& container);
    /// That container, which would have to wait, does without.
    void forgo(const std::string& container);
    /// There is none in that container, and somebody has to be told why.
    void refuse(const std::string& container, const std::string& reason);
    /// Likewise, and the tests themselves will tell.
    void refuse(const std::string& container);

    /// The process that a test is forked from, and the item there.
    struct Origin {
        job::JobId point;
        std::size_t place;
    };
    /// None: the item of the run's collection has none in that container.
    std::optional<Origin> origin(const std::string& container, std::size_t item) const;
    /// The item's test is not forked. Says so where nobody has been told of that yet.
    void explain_process(const std::string& container, std::size_t item);

private:
    struct Point {
        std::optional<job::JobId> job;  ///< none: it is being made, or there is none
        bool is_first = false;          ///< its items are the run's
        std::vector<std::optional<std::size_t>> places;
        bool differs = false;  ///< and that was said
    };

    std::map<std::string, Point> points_;  ///< by container, tried ones included
    std::size_t count_ = 0;                ///< of those that are there or being made
    bool full_ = false;
};

/// That tests, as the text names them, are not forked.
void say_no_fork(const std::string& tests, const std::string& reason);

}  // namespace maelstrom::pytest
