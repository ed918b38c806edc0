#pragma once

#include "runner/case.hpp"
#include "runner/collector.hpp"
#include "runner/parts.hpp"
#include "ui/event.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace maelstrom::runner {

/// What a run without a single test comes to.
enum class NoTests { pass, warn, fail };

struct CoreSettings {
    bool list = false;                   ///< print names, run nothing
    unsigned repeat = 1;                 ///< executions of each case, at least 1
    std::optional<unsigned> stop_after;  ///< so many failures end the run
    bool flaky_fails = false;            ///< whoever passes only after a failed attempt has failed
    NoTests no_tests = NoTests::pass;
    /// So many executions are to be expected, as far as anybody knows before collecting.
    std::optional<std::size_t> expected;
};

/// What the core wants done. Nothing here waits.
class Actions {
public:
    virtual ~Actions() = default;
    virtual void submit(ui::RunId id, const Case& test, Attempt attempt) = 0;
    virtual void cancel(ui::RunId id) = 0;
    virtual void stop_collecting() = 0;
    /// All tests have run, so many have failed. Whether there is an `on_concluded`, later or at
    /// once.
    virtual bool conclude(std::size_t failures) = 0;
    virtual void emit(ui::Event event) = 0;
    /// For later runs: one execution of the case has come to this.
    virtual void remember(const Case& test, const ui::CaseFinished& finished) = 0;
};

/// Decides what a run does next: messages in, actions out. Single-threaded, without clock, threads
/// or files.
///
/// A run is done when everything that was collected has a result, or the failure limit is reached,
/// or the user interrupts it; that happens once. Then the collector may have something to add, and
/// with that comes the summary.
class Core {
public:
    Core(const CoreSettings& settings, Actions& actions) : settings_(settings), actions_(actions) {}

    void on_cases(std::vector<Case> cases);
    /// So many were found that nobody wants.
    void on_left_out(std::size_t count) { left_out_ += count; }
    void on_collection_finished(CollectionEnd end);
    void on_concluded(Conclusion conclusion);
    void on_pending(ui::RunId id);
    void on_started(ui::RunId id);
    void on_judged(ui::RunId id, Judgement judgement);
    /// The first Ctrl-C: what runs is cancelled, what has finished is reported.
    void interrupt();

    bool is_done() const { return done_; }
    /// Of the whole run; final once it is done.
    int exit_code() const { return collection_exit_code_.value_or(exit_code_); }

    /// The case and attempt of an unfinished run; null for others.
    const Case* find(ui::RunId id) const;
    Attempt attempt(ui::RunId id) const;

private:
    /// An execution that has no result yet.
    struct Run {
        std::shared_ptr<const Case> test;
        Attempt attempt;
        bool failed_before = false;  ///< in itself, not in a part
        Parts parts = {};
    };

    void queue(const std::shared_ptr<const Case>& test);
    void ignore(const Case& test);
    void fail(const Case& broken);
    void complete(ui::CaseFinished& finished, const Run& run, const std::optional<Hint>& hint);
    void give_hint(ui::CaseFinished& finished, const std::optional<Hint>& hint);
    void take_failed_attempt(ui::CaseFinished&& finished, Run& run);
    void finish_parts(std::vector<ui::CaseFinished> parts, Run& run);
    PartEntry& part_of(Run& run, const ui::CaseFinished& part);
    void record(const ui::CaseFinished& finished, int exit_code);
    void record_flaky(const ui::CaseFinished& finished);
    void check_done();
    void check_emptiness();
    void end(std::string note);
    void finish();
    ui::RunId next_id();
    std::optional<ui::NotRun> not_run() const;

    const CoreSettings settings_;
    Actions& actions_;
    std::unordered_map<std::uint32_t, Run> running_;
    std::set<std::string> hinted_causes_;
    ui::Summary summary_;
    std::unordered_map<std::string, ui::CasePointer> part_names_;  ///< the same for all executions
    std::unordered_map<const ui::CaseName*, std::size_t> failure_index_;
    std::unordered_map<const ui::CaseName*, std::size_t> flaky_index_;
    std::unordered_set<const ui::CaseName*> ignored_;
    std::optional<CollectionEnd> collection_;
    std::optional<int> collection_exit_code_;
    std::uint32_t next_id_ = 0;
    std::size_t listed_ = 0;
    std::size_t left_out_ = 0;
    std::size_t queued_ = 0;
    std::size_t results_ = 0;
    int exit_code_ = 0;
    Conclusion conclusion_;
    bool ended_ = false;  ///< nothing runs or will run
    bool done_ = false;
};

}  // namespace maelstrom::runner
