#pragma once

#include "client/client.hpp"
#include "job/spec.hpp"
#include "runner/directives.hpp"
#include "runner/isolation_unit.hpp"
#include "ui/event.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace maelstrom::runner {

/// Where a case belongs: what filters ask for, and what history knows it by from run to run.
struct Address {
    std::string package = "default";
    std::string artifact;  ///< what holds it: a source file below the project, a test binary
    std::string name;      ///< within the artifact: "TestDiv.test_zero[1]"
};

/// Numbers that are equal for the cases of one function, class or file.
struct Units {
    std::size_t function = 0;
    std::size_t of_class = 0;
    std::size_t file = 0;
};

/// What is decided about a case before it runs.
struct Orders {
    /// Of its jobs; none: the collector's own.
    std::shared_ptr<const ChosenContainer> container;
    std::optional<std::chrono::seconds> timeout;  ///< none: no limit
    IsolationUnit unit = IsolationUnit::test;
    unsigned retries = 0;      ///< further attempts if it fails
    std::int8_t priority = 0;  ///< of its jobs
    std::optional<std::chrono::nanoseconds> estimate;
};

/// What the user could do about a failure. Shown once a run for each cause.
struct Hint {
    std::string cause;
    std::string text;
};

/// Why a framework could not find out which tests there are in a file, or the like.
struct Broken {
    std::string message;  ///< one line
    std::string report;   ///< for people; empty where the end of the collection tells it
    std::string record;   ///< for reports
    std::optional<ui::Place> place;
    std::optional<Hint> hint;
};

/// One test, as its collector found it. One execution of it is one job in one container.
struct Case {
    ui::CasePointer name;
    Address address;
    /// What filters can ask for beyond the name.
    std::vector<std::string> markers;
    /// Set when the framework says, without running it, that it is skipped: why. May be empty text.
    std::optional<std::string> ignored;
    /// Set where this is no test, since the framework failed to find the tests there: an error of
    /// its own, whatever is selected, and nothing to remember.
    std::optional<Broken> broken;
    Orders orders;  ///< not by the collector
    /// None: it never shares a container.
    std::optional<Units> units;
    /// It cannot run without those before it in at least so large a unit.
    IsolationUnit least_unit = IsolationUnit::test;
    /// Meaning known to its collector alone; orders the cases as the framework does.
    std::size_t key = 0;

    bool runs() const { return !ignored && !broken; }
};

/// Which execution of a case a job is.
struct Attempt {
    unsigned number = 1;  ///< from 1; a failed test that is retried counts on
    /// How often `judge` has asked for another job because one decided nothing.
    unsigned step = 0;
    bool operator==(const Attempt&) const = default;
};

/// A job and what a specification cannot say about it.
struct JobRequest {
    job::Job job;
    client::Extras extras;
};

/// What the end of a job means for its case.
struct Judgement {
    ui::CaseFinished finished;  ///< without id, name and hint; the core adds them
    int exit_code = 0;          ///< of the runner, should this be the first failure
    std::optional<Hint> hint;
    /// This attempt decides nothing: run the case again, as the next step.
    bool again = false;
    /// A case that ran before it in the same container ended that: run it again in the same way.
    bool unreached = false;
    /// What the job has told besides: verdicts of their own, each with its name, which is the same
    /// in each attempt and unique in a run. Nobody knew of them before. The case has failed if one
    /// of them has: it is remembered so and retried as a whole.
    std::vector<ui::CaseFinished> parts;
};

}  // namespace maelstrom::runner
