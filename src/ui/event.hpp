#pragma once

#include "util/bytes.hpp"
#include "util/log.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// A run as one stream of values. Whatever shows or stores a run reads this and nothing else.

namespace maelstrom::ui {

/// One execution of one case, numbered from 0 in the order of queueing. A case that is repeated has
/// several.
enum class RunId : std::uint32_t {};

constexpr std::uint32_t number(RunId id) {
    return static_cast<std::uint32_t>(id);
}

/// How a case is called. Shared by all events about it.
struct CaseName {
    std::string display;     ///< what people see, unique in a run
    std::string suite;       ///< JUnit's class name: "tests.test_math.TestDiv"
    std::string name;        ///< within its suite: "test_zero[1]"
    std::string file;        ///< source file as the framework calls it; may be empty
    std::uint32_t line = 0;  ///< where it begins in that file, from 1; 0 where nobody knows
};
using CasePointer = std::shared_ptr<const CaseName>;

enum class Verdict {
    passed,
    failed,     ///< the test says so
    timed_out,  ///< it took longer than it was allowed
    errored,    ///< it could not be run as a test
    ignored,    ///< skipped by itself, by its framework or by configuration
};

/// Whether a passed test passed the ordinary way.
enum class Expectation { ordinary, failed_as_expected, passed_unexpectedly };

/// Durations as reports write them.
template <class Duration>
constexpr double in_seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

/// A line of a source file.
struct Place {
    std::string file;
    std::uint32_t line = 0;  ///< from 1; 0 where only the file is known
    bool operator==(const Place&) const = default;
};

/// What one attempt of a case used. Absent where the machine cannot tell.
struct Usage {
    /// From the start of its process to its end: the test's own duration and what stands around it.
    std::chrono::nanoseconds wall{};
    std::chrono::microseconds cpu_user{};
    std::chrono::microseconds cpu_system{};
    std::optional<util::Bytes> peak_memory;
};

// ----------------------------------------------------------------------------------------------------
// events

struct RunStarted {
    std::string program;  ///< "maelstrom-pytest"
    std::string project;  ///< absolute directory
    std::chrono::system_clock::time_point at;
    bool listing = false;  ///< nothing runs, names are printed
};
/// What happens besides running tests: "collecting".
struct PhaseChanged {
    std::string text;
};
/// So many executions are expected in all; a later one replaces it.
struct TotalExpected {
    std::size_t count = 0;
};
struct CaseQueued {
    RunId id;
    CasePointer name;
};
/// The job of the case waits for a free slot. Like the next one, this comes once an attempt.
struct CasePending {
    RunId id;
};
struct CaseStarted {
    RunId id;
    unsigned attempt = 1;
};
struct CaseFinished {
    RunId id;
    CasePointer name;
    unsigned attempt = 1;   ///< from 1
    unsigned attempts = 1;  ///< how many it may have: one more than its retries
    Verdict verdict = Verdict::passed;
    /// An attempt before this one failed and this one did not. The verdict is `passed`, or `failed`
    /// where flaky tests are failures.
    bool flaky = false;
    Expectation expectation = Expectation::ordinary;
    /// The failure lies in set-up or tear-down, not in the test itself.
    bool in_fixture = false;
    /// One line beside the verdict: "killed by SIGSEGV (11)". May be empty.
    std::string detail;
    /// One line from the framework: why it was skipped, what the assertion said. May be empty.
    std::string message;
    /// Where it went wrong, as the framework says.
    std::optional<Place> place;
    std::optional<std::chrono::nanoseconds> duration;
    std::optional<Usage> usage;
    /// For people: the streams with the framework's noise removed.
    std::string output;
    std::string errors;
    /// For reports: what the test itself wrote, where the framework tells it apart.
    std::string captured_output;
    std::string captured_errors;
    /// What the test says of itself to whoever reads reports: names and values, in its order.
    std::vector<std::pair<std::string, std::string>> properties;
    /// What the user could do about it; at most once a run for each cause. May be empty.
    std::string hint;
};
/// An attempt failed and decides nothing, since another one follows, unless the run ends early. Has
/// no part in any count.
struct AttemptFailed {
    CaseFinished result;
};
/// No further case will be queued.
struct QueuingFinished {};
/// A case of a listing.
struct CaseListed {
    CasePointer name;
};
/// What building or collecting wrote, once, when it ended badly.
struct CollectionOutput {
    std::string text;
};
/// What the framework says about the run as a whole, once: coverage.
struct ClosingReport {
    std::string text;
};
struct LogWritten {
    util::log::Level level;
    std::string text;
};

/// How many queued cases never ran.
struct NotRun {
    enum class Kind { exact, about, more_than, unknown };
    Kind kind = Kind::exact;
    std::size_t count = 0;
};
/// The last event of a run that was not a listing, except for `CollectionOutput` and
/// `ClosingReport`.
struct Summary {
    struct Failure {
        CasePointer name;
        std::size_t failed = 1;
        std::size_t runs = 1;  ///< more than one where the case was repeated
    };
    struct Ignored {
        CasePointer name;
        std::string reason;  ///< may be empty
    };
    struct Flaky {
        CasePointer name;
        std::size_t flaky = 1;  ///< executions that needed more than one attempt
        std::size_t runs = 1;
        unsigned attempts = 2;  ///< that the worst of them took
    };
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t ignored = 0;
    /// Of the passed ones; of the failed ones where flaky tests are failures.
    std::size_t flaky = 0;
    std::vector<Failure> failures;       ///< each case once, in the order of finishing
    std::vector<Ignored> ignored_cases;  ///< the same
    std::vector<Flaky> flaky_cases;      ///< the same
    std::optional<NotRun> not_run;
    std::chrono::nanoseconds duration{};
    int exit_code = 0;
    std::string note;  ///< a closing remark: "interrupted", "no tests were collected"; may be empty
};

using Event = std::variant<RunStarted,
                           PhaseChanged,
                           TotalExpected,
                           CaseQueued,
                           CasePending,
                           CaseStarted,
                           AttemptFailed,
                           CaseFinished,
                           QueuingFinished,
                           CaseListed,
                           CollectionOutput,
                           ClosingReport,
                           LogWritten,
                           Summary>;

/// Whether a verdict counts as a failure.
constexpr bool is_failure(Verdict verdict) {
    return verdict == Verdict::failed || verdict == Verdict::timed_out ||
           verdict == Verdict::errored;
}

/// `std::visit` with lambdas for the events that matter and one for the rest.
template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

}  // namespace maelstrom::ui
