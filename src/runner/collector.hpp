#pragma once

#include "job/outcome.hpp"
#include "job/parse.hpp"
#include "runner/case.hpp"

#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace maelstrom::runner {

/// What became of a collector's job.
using ForkPointOrResult = std::variant<client::ForkPoint, job::Result>;

/// There is nothing that a case has to wait for.
struct NoForkPoint {};
/// One can be made when another one has been given up.
struct NoRoomYet {};
/// Else the job that is to become one.
using ForkPointAnswer = std::variant<NoForkPoint, NoRoomYet, JobRequest>;

/// Runs jobs that a collector needs itself: listings, builds. Belongs to the run.
class JobRunner {
public:
    virtual ~JobRunner() = default;
    /// Waits for the job. When the run ends meanwhile the result is `NotRun` at once.
    virtual job::Result run(JobRequest request) = 0;
    /// Likewise, until the job is done or has become a fork point; that lives until `end`, or the
    /// end of the run.
    virtual ForkPointOrResult run_to_fork_point(JobRequest request) = 0;
    virtual void end(job::JobId fork_point) = 0;
    /// Names a container for jobs that are requested later.
    virtual void define(std::string name, job::Container container) = 0;
};

/// Where a collector puts what it finds, as soon as it finds it.
class Findings {
public:
    virtual ~Findings() = default;
    /// In the framework's order.
    virtual void found(std::vector<Case> cases) = 0;
    /// What is going on instead of the phase label.
    virtual void phase(std::string text) = 0;
};

/// How building and collecting ended.
struct CollectionEnd {
    int exit_code = 0;   ///< not 0: overrides the tests' and becomes the runner's
    std::string output;  ///< shown after the summary; usually empty
    std::string note;    ///< a closing remark below the summary; may be empty
    /// Everything that the project has was found: what history knows besides has gone.
    bool whole = false;
    /// After so many failures the framework itself would stop; none: it has no such wish.
    std::optional<unsigned> stop_after;
};

/// What a collector adds when all tests have run.
struct Conclusion {
    int exit_code = 0;                 ///< the runner's, should no test have failed
    std::string report;                ///< shown after the summary; may be empty
    std::vector<std::string> written;  ///< files of the project; absolute
};

/// The part of a test runner that knows one test framework: finds cases, makes their jobs, reads
/// their results.
///
/// `collect` has a thread of its own. The others are called from the run's thread, only for
/// cases that `collect` has handed over, possibly while it still runs.
class Collector {
public:
    virtual ~Collector() = default;

    /// What is shown while `collect` runs: "collecting", "building".
    virtual std::string phase_label() const = 0;
    /// Returns soon after a stop was requested.
    virtual CollectionEnd collect(Findings& findings, JobRunner& jobs, std::stop_token stop) = 0;

    /// The job of one attempt. Tests see its number in MAELSTROM_ATTEMPT and their name in
    /// MAELSTROM_TEST, see `test_variables`.
    virtual JobRequest request(const Case& test, Attempt attempt) = 0;
    /// What the client has to know for jobs in a container that directives come to; called once for
    /// each, before the first such `request`. At least the container itself.
    virtual job::NamedContainers definitions(const ChosenContainer& chosen) {
        return {{.name = chosen.name, .container = chosen.container}};
    }
    virtual Judgement judge(const Case& test, Attempt attempt, const job::Result& result) = 0;

    /// Likewise for cases that share a job. Collectors that give cases `units` define both; there
    /// is one judgement for each case.
    virtual JobRequest request_together(std::span<const Case* const> tests, Attempt attempt);
    virtual std::vector<Judgement>
    judge_together(std::span<const Case* const> tests, Attempt attempt, const job::Result& result);

    /// The fork point of cases in a container that directives come to. Asked before each of their
    /// `request`s. If there is to be one, all cases of that container wait until `take_fork_point`
    /// has been told what became of the job; it is not told when they are cancelled meanwhile. If
    /// there is no room they wait until there is some, or `forgo_fork_point`.
    virtual ForkPointAnswer fork_point(const ChosenContainer& /*container*/) {
        return NoForkPoint{};
    }
    /// Whether it is of use: then it lives until `give_up_fork_point`, or the end of the run.
    virtual bool take_fork_point(const ChosenContainer& /*container*/,
                                 ForkPointOrResult /*outcome*/) {
        return false;
    }
    /// All cases of its container have their verdicts, and others have no room. Should more come
    /// they ask anew.
    virtual void give_up_fork_point(const ChosenContainer& /*container*/) {}
    /// Cases of the container have no room, and slots would stand idle if they waited for it.
    virtual void forgo_fork_point(const ChosenContainer& /*container*/) {}

    /// Whether something is left to do when all tests have their verdicts.
    virtual bool has_conclusion() const { return false; }
    /// Does it, in a thread of its own; so many tests have failed. Nothing is judged any more.
    virtual Conclusion conclude(JobRunner& /*jobs*/, std::size_t /*failures*/) { return {}; }

    /// The job of a case as a person would type it, to be shown and started from a shell in its
    /// container.
    virtual JobRequest request_by_hand(const Case& test) { return request(test, {}); }
    /// The case under a debugger, on a terminal. None: there is no debugger.
    virtual std::optional<JobRequest> debug_request(const Case& /*test*/) { return std::nullopt; }
};

inline constexpr std::string_view test_name_variable = "MAELSTROM_TEST";

/// Names and values of what a test finds in its environment about itself.
std::vector<std::pair<std::string, std::string>> test_variables(const Case& test, Attempt attempt);

}  // namespace maelstrom::runner
