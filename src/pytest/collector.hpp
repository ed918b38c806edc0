#pragma once

#include "job/spec.hpp"
#include "pytest/byte_code.hpp"
#include "pytest/collection_result.hpp"
#include "pytest/coverage.hpp"
#include "pytest/fork_points.hpp"
#include "pytest/report.hpp"
#include "runner/collector.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace maelstrom::pytest {

/// Arguments for pytest, by where they apply.
struct Arguments {
    std::vector<std::string> everywhere;  ///< collection and each test
    std::vector<std::string> collection_only;
    std::vector<std::string> tests_only;
    /// Paths, node ids and options that say what to collect: both, so that pytest finds the same
    /// root directory, configuration and conftest files each time.
    std::vector<std::string> selection;

    /// Whether none can keep pytest from collecting anything.
    bool narrow_nothing() const {
        return everywhere.empty() && collection_only.empty() && tests_only.empty() &&
               selection.empty();
    }
};

/// How tests are kept apart.
enum class Isolation {
    fork,     ///< a container of its own each, forked from the process that has collected them
    process,  ///< likewise, and a process that collects anew
};

struct Settings {
    /// Name of the container that all jobs run in. It has the interpreter, pytest, the project, and
    /// `plugin_layer`.
    std::string container;
    bool host_name = false;      ///< jobs show the host's own name
    std::string directory;       ///< absolute; where pytest collects: what filters name files from
    std::string host_directory;  ///< the same outside of containers
    std::string working_directory;  ///< of the container; empty: `directory`
    std::string python;             ///< path in containers that build on the host container
    std::string container_python;   ///< path in others
    bool on_host = true;  ///< of which kind the container is that all tests are collected in
    Arguments arguments;
    Isolation isolation = Isolation::fork;
    bool list = false;            ///< nothing will be run
    bool tests_are_alone = true;  ///< unless directives say otherwise, no two share a process
    std::shared_ptr<ByteCode> byte_code;  ///< of earlier runs; none: nothing is kept
    /// Names of the caller's variables that tests do not get, for hints.
    std::vector<std::string> variables_left_outside;
    util::Bytes output_limit{1'000'000};  ///< kept of each stream of a test
};

/// Of jobs that are about all tests: 60,000 with long parameters are more than 10 MB.
inline constexpr util::Bytes collection_limit{1'000'000'000};

/// Finds and runs the tests of pytest. One job collects; then each test is a job of its own: forked
/// from the collecting one, or a process that collects the file of the test again and runs the one
/// item of it. For tests in other containers further jobs collect there, to fork them. The second
/// way is also for tests whose fork point has died.
class PytestCollector final : public runner::Collector {
public:
    explicit PytestCollector(Settings settings);

    std::string phase_label() const override { return "collecting"; }
    runner::CollectionEnd
    collect(runner::Findings& findings, runner::JobRunner& jobs, std::stop_token stop) override;
    runner::JobRequest request(const runner::Case& test, runner::Attempt attempt) override {
        const runner::Case* const tests[] = {&test};
        return request_together(tests, attempt);
    }
    runner::JobRequest request_together(std::span<const runner::Case* const> tests,
                                        runner::Attempt attempt) override;
    std::vector<runner::Judgement> judge_together(std::span<const runner::Case* const> tests,
                                                  runner::Attempt attempt,
                                                  const job::Result& result) override;
    runner::ForkPointAnswer fork_point(const runner::ChosenContainer& container) override;
    bool take_fork_point(const runner::ChosenContainer& container,
                         runner::ForkPointOrResult outcome) override;
    void give_up_fork_point(const runner::ChosenContainer& container) override {
        points_.give_up(container.name);
    }
    void forgo_fork_point(const runner::ChosenContainer& container) override {
        points_.forgo(container.name);
    }
    job::NamedContainers definitions(const runner::ChosenContainer& chosen) override;
    runner::Judgement
    judge(const runner::Case& test, runner::Attempt attempt, const job::Result& result) override {
        const runner::Case* const tests[] = {&test};
        return std::move(judge_together(tests, attempt, result).front());
    }
    bool has_conclusion() const override { return !coverage_.empty(); }
    /// Lets pytest-cov report on all processes together.
    runner::Conclusion conclude(runner::JobRunner& jobs, std::size_t failures) override;
    runner::JobRequest request_by_hand(const runner::Case& test) override;
    std::optional<runner::JobRequest> debug_request(const runner::Case& test) override;

private:
    CollectionResult collect_in(runner::JobRunner& jobs);
    /// `told`: pytest's own report on them is shown.
    std::vector<runner::Case> broken_cases(bool told) const;
    std::optional<runner::Hint> hint_for(std::string_view failure) const;
    /// Everything about the container that a job of pytest has to know.
    struct Place {
        std::string python;
        std::string container;
        std::string directory;  ///< where pytest is started; empty: the container's own one
    };
    Place place() const;
    Place place_in(const runner::ChosenContainer& container) const;
    Place place_of(const runner::Case& test) const;
    std::string starting_directory(bool on_host, const std::string& working_directory) const;
    runner::JobRequest collection_request(const Place& place, bool fork) const;
    std::optional<Collection> read_further(const runner::ChosenContainer& container,
                                           const runner::ForkPointOrResult& outcome);
    using Tests = std::span<const runner::Case* const>;
    runner::JobRequest forked_request(Tests tests, runner::Attempt attempt) const;
    std::optional<ForkPoints::Origin> origin_of(const runner::Case& test) const;
    bool can_fork(Tests tests) const;
    bool is_forked(Tests tests, runner::Attempt attempt) const {
        return attempt.step == 0 && can_fork(tests);
    }
    /// Steps as those count that are processes of their own.
    unsigned process_step(Tests tests, runner::Attempt attempt) const {
        return can_fork(tests) ? attempt.step - 1 : attempt.step;
    }
    const std::string& collection_python() const;
    const std::string& python_in(const runner::ChosenContainer& container) const;
    const std::string& python_of(const runner::Case& test) const;
    const std::string& chosen_container_of(const runner::Case& test) const;
    std::string container_of(const runner::Case& test) const;
    runner::JobRequest python_request(const std::string& python,
                                      const std::string& container,
                                      const std::vector<std::string>& arguments,
                                      std::string task) const;
    void take_byte_code(std::map<std::string, job::MadeFile> files, runner::JobRunner& jobs);
    void
    keep_byte_code(std::vector<CompiledFile> files, const timespec& start, runner::JobRunner& jobs);
    bool leaves_byte_code(bool fork) const;
    job::Container with_byte_code(const std::string& container) const;
    std::string best_container(const std::string& name) const;
    std::vector<std::string> test_arguments(const Item& item) const;
    std::vector<std::string> arguments_for_all_tests() const;
    util::Bytes output_limit(Tests tests) const;
    std::string test_task(Tests tests, runner::Attempt attempt) const;
    bool collects_alone(Tests tests, runner::Attempt attempt) const;

    const Settings settings_;
    // Written by `collect` before it hands cases over, then used by the run's thread alone.
    Collection collection_;
    std::map<std::string, job::MadeFile> byte_code_;  ///< by path
    bool collecting_takes_long_ = false;  ///< too long to do all of it for a test that passes
    ForkPoints points_;  ///< further ones are added when cases in other containers come
    Coverage coverage_;
};

}  // namespace maelstrom::pytest
