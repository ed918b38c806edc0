#include "runner/core.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;
using ui::RunId;
using ui::Verdict;

struct Submitted {
    std::uint32_t id;
    std::string name;
    unsigned step;
    unsigned number = 1;
    bool operator==(const Submitted&) const = default;
};

class RecordingActions final : public Actions {
public:
    void submit(RunId id, const Case& test, Attempt attempt) override {
        submitted.push_back(
            {static_cast<std::uint32_t>(id), test.name->display, attempt.step, attempt.number});
    }
    void cancel(RunId id) override { cancelled.push_back(static_cast<std::uint32_t>(id)); }
    void stop_collecting() override { ++stops; }
    bool conclude(std::size_t failures) override {
        concluded.push_back(failures);
        return concludes;
    }
    void emit(ui::Event event) override { events.push_back(std::move(event)); }

    void remember(const Case& test, const ui::CaseFinished&) override {
        remembered.push_back(test.name->display);
    }

    template <class T>
    std::vector<T> all() const {
        std::vector<T> found;
        for (const ui::Event& event : events) {
            if (const T* one = std::get_if<T>(&event)) {
                found.push_back(*one);
            }
        }
        return found;
    }

    std::vector<Submitted> submitted;
    std::vector<std::uint32_t> cancelled;
    std::vector<std::string> remembered;
    std::vector<ui::Event> events;
    std::vector<std::size_t> concluded;
    bool concludes = false;
    int stops = 0;
};

Case named(const std::string& name) {
    return {.name = std::make_shared<const ui::CaseName>(ui::CaseName{.display = name})};
}

std::vector<Case> cases(std::initializer_list<const char*> names) {
    std::vector<Case> list;
    for (const char* name : names) {
        list.push_back(named(name));
    }
    return list;
}

Judgement passed() {
    return {};
}

Judgement failed(int exit_code = 1) {
    Judgement judgement;
    judgement.finished.verdict = Verdict::failed;
    judgement.exit_code = exit_code;
    return judgement;
}

class RunnerCore : public ::testing::Test {
protected:
    Core& core(const CoreSettings& settings = {}) { return core_.emplace(settings, actions_); }
    ui::Summary summary() const {
        const auto all = actions_.all<ui::Summary>();
        EXPECT_THAT(all, SizeIs(1));
        return all.front();
    }

    RecordingActions actions_;
    std::optional<Core> core_;
};

TEST_F(RunnerCore, IsDoneWhenEverythingCollectedHasAResult) {
    Core& run = core();
    run.on_cases(cases({"a", "b"}));
    run.on_judged(RunId{0}, passed());
    run.on_collection_finished({});
    EXPECT_FALSE(run.is_done());
    run.on_judged(RunId{1}, passed());

    EXPECT_TRUE(run.is_done());
    EXPECT_EQ(run.exit_code(), 0);
    EXPECT_EQ(summary().passed, 2U);
    EXPECT_FALSE(summary().not_run);
}

TEST_F(RunnerCore, SucceedsWithANoteWhenNothingWasCollected) {
    Core& run = core();
    run.on_collection_finished({.note = "no tests were collected"});
    EXPECT_TRUE(run.is_done());
    EXPECT_EQ(run.exit_code(), 0);
    EXPECT_EQ(summary().note, "no tests were collected");
}

TEST_F(RunnerCore, SaysHowManyTestsWereLeftOutWhenNoneWasSelected) {
    Core& run = core();
    run.on_left_out(12);
    run.on_collection_finished({});
    EXPECT_EQ(run.exit_code(), 0);
    EXPECT_EQ(summary().note, "no test was selected: all 12 that were found are left out");
}

TEST_F(RunnerCore, FailsOrWarnsWithoutATestWhereThatIsWanted) {
    core({.no_tests = NoTests::fail}).on_collection_finished({});
    EXPECT_EQ(core_->exit_code(), 1);
    EXPECT_EQ(actions_.all<ui::LogWritten>().at(0).level, util::log::Level::error);

    core({.no_tests = NoTests::warn}).on_collection_finished({});
    EXPECT_EQ(core_->exit_code(), 0);
    EXPECT_EQ(actions_.all<ui::LogWritten>().at(1).level, util::log::Level::warning);
}

TEST_F(RunnerCore, TakesAListOfTestsForTests) {
    core({.list = true, .no_tests = NoTests::fail}).on_cases(cases({"a"}));
    core_->on_collection_finished({});
    EXPECT_EQ(core_->exit_code(), 0);
}

TEST_F(RunnerCore, EndsWithTheExitCodeOfTheFirstFailureToFinish) {
    Core& run = core();
    run.on_cases(cases({"a", "b", "c"}));
    run.on_judged(RunId{2}, failed(101));
    run.on_judged(RunId{0}, failed(7));
    run.on_judged(RunId{1}, passed());
    run.on_collection_finished({});

    EXPECT_EQ(run.exit_code(), 101);
    ASSERT_THAT(summary().failures, SizeIs(2));
    EXPECT_EQ(summary().failures[0].name->display, "c");
}

TEST_F(RunnerCore, RunsEachCaseAsOftenAsAskedAndFoldsItsFailures) {
    Core& run = core({.repeat = 3});
    run.on_cases(cases({"a"}));
    EXPECT_THAT(actions_.submitted,
                ElementsAre(Submitted{0, "a", 0}, Submitted{1, "a", 0}, Submitted{2, "a", 0}));
    run.on_judged(RunId{0}, failed());
    run.on_judged(RunId{1}, passed());
    run.on_judged(RunId{2}, failed());
    run.on_collection_finished({});

    ASSERT_THAT(summary().failures, SizeIs(1));
    EXPECT_EQ(summary().failures[0].failed, 2U);
    EXPECT_EQ(summary().failures[0].runs, 3U);
    EXPECT_EQ(summary().failed, 2U);
}

TEST_F(RunnerCore, ReportsStaticallyIgnoredCasesOnceWithoutRunningThem) {
    Core& run = core({.repeat = 2});
    Case skipped = named("a");
    skipped.ignored = "not today";
    run.on_cases({skipped});
    run.on_collection_finished({});

    EXPECT_THAT(actions_.submitted, IsEmpty());
    ASSERT_THAT(actions_.all<ui::CaseFinished>(), SizeIs(1));
    EXPECT_EQ(actions_.all<ui::CaseFinished>()[0].message, "not today");
    EXPECT_EQ(summary().ignored, 1U);
    EXPECT_EQ(run.exit_code(), 0);
}

TEST_F(RunnerCore, FailsOnceWhatCouldNotBeCollectedWithoutRunningIt) {
    Core& run = core({.repeat = 2});
    Case broken = named("a");
    broken.broken = Broken{.message = "no module", .report = "traceback"};
    run.on_cases({broken});
    run.on_collection_finished({});

    EXPECT_THAT(actions_.submitted, IsEmpty());
    ASSERT_THAT(actions_.all<ui::CaseFinished>(), SizeIs(1));
    EXPECT_EQ(actions_.all<ui::CaseFinished>()[0].verdict, ui::Verdict::errored);
    EXPECT_EQ(actions_.all<ui::CaseFinished>()[0].message, "no module");
    EXPECT_EQ(actions_.all<ui::CaseFinished>()[0].output, "traceback");
    EXPECT_EQ(summary().failed, 1U);
    EXPECT_EQ(run.exit_code(), 1);
}

TEST_F(RunnerCore, StopsAfterTheFailuresAskedForAndCancelsTheRest) {
    Core& run = core({.stop_after = 1});
    run.on_cases(cases({"a", "b", "c"}));
    run.on_collection_finished({});
    run.on_judged(RunId{1}, failed());
    run.on_judged(RunId{0}, failed());  // too late: dropped

    EXPECT_TRUE(run.is_done());
    EXPECT_THAT(actions_.cancelled, ::testing::UnorderedElementsAre(0U, 2U));
    EXPECT_EQ(actions_.stops, 1);
    EXPECT_EQ(summary().failed, 1U);
    ASSERT_TRUE(summary().not_run);
    EXPECT_EQ(summary().not_run->kind, ui::NotRun::Kind::exact);
    EXPECT_EQ(summary().not_run->count, 2U);
}

TEST_F(RunnerCore, StopsAfterTheFailuresThatTheFrameworkIsAskedFor) {
    Core& run = core({});
    run.on_cases(cases({"a", "b"}));
    run.on_collection_finished({.stop_after = 1});
    run.on_judged(RunId{0}, failed());

    EXPECT_TRUE(run.is_done());
    EXPECT_THAT(actions_.cancelled, ::testing::UnorderedElementsAre(1U));
}

TEST_F(RunnerCore, KeepsWhatFinishedWhenInterrupted) {
    Core& run = core();
    run.on_cases(cases({"a", "b", "c"}));
    run.on_judged(RunId{0}, passed());
    run.interrupt();
    run.interrupt();

    EXPECT_TRUE(run.is_done());
    EXPECT_EQ(summary().passed, 1U);
    EXPECT_EQ(summary().not_run->kind, ui::NotRun::Kind::more_than);
    EXPECT_EQ(summary().not_run->count, 2U);
    EXPECT_THAT(actions_.cancelled, SizeIs(2));
}

TEST_F(RunnerCore, DoesNotKnowHowMuchDidNotRunWhenInterruptedBeforeCollecting) {
    core().interrupt();
    EXPECT_EQ(summary().not_run->kind, ui::NotRun::Kind::unknown);
}

TEST_F(RunnerCore, RunsWhatWasFoundToItsEndAfterAFailedCollection) {
    Core& run = core();
    run.on_cases(cases({"a"}));
    run.on_collection_finished({.exit_code = 2, .output = "ImportError"});
    EXPECT_FALSE(run.is_done());
    run.on_judged(RunId{0}, failed(1));

    EXPECT_EQ(run.exit_code(), 2);
    EXPECT_TRUE(summary().not_run);
    ASSERT_TRUE(std::holds_alternative<ui::CollectionOutput>(actions_.events.back()));
}

TEST_F(RunnerCore, RemembersWhatRan) {
    Core& run = core();
    Case skipped = named("b");
    skipped.ignored = "";
    run.on_cases({named("a"), skipped, named("c")});
    run.on_judged(RunId{0}, failed());
    run.interrupt();
    EXPECT_THAT(actions_.remembered, ElementsAre("a"));
}

TEST_F(RunnerCore, EstimatesWhatDidNotRunFromEarlierRuns) {
    core({.expected = 10}).interrupt();
    EXPECT_EQ(summary().not_run->kind, ui::NotRun::Kind::about);
    EXPECT_EQ(summary().not_run->count, 10U);
}

TEST_F(RunnerCore, ListsCasesWithoutRunningOrSummary) {
    Core& run = core({.list = true, .repeat = 5});
    Case skipped = named("b");
    skipped.ignored = "";
    run.on_cases({named("a"), skipped});
    run.on_collection_finished({});

    EXPECT_TRUE(run.is_done());
    EXPECT_THAT(actions_.all<ui::CaseListed>(), SizeIs(2));
    EXPECT_THAT(actions_.submitted, IsEmpty());
    EXPECT_THAT(actions_.all<ui::Summary>(), IsEmpty());
}

TEST_F(RunnerCore, RunsACaseAgainWhenAnAttemptDecidesNothing) {
    Core& run = core();
    run.on_cases(cases({"a"}));
    run.on_collection_finished({});
    run.on_judged(RunId{0}, Judgement{.again = true});
    EXPECT_FALSE(run.is_done());
    EXPECT_THAT(actions_.submitted, ElementsAre(Submitted{0, "a", 0}, Submitted{0, "a", 1}));
    EXPECT_EQ(run.attempt(RunId{0}), (Attempt{.number = 1, .step = 1}));
    run.on_judged(RunId{0}, passed());

    EXPECT_EQ(summary().passed, 1U);
    EXPECT_THAT(actions_.all<ui::CaseFinished>(), SizeIs(1));
}

Case retried(const std::string& name, unsigned retries) {
    Case test = named(name);
    test.orders.retries = retries;
    return test;
}

TEST_F(RunnerCore, RetriesAFailedCaseAndTellsEachAttempt) {
    Core& run = core();
    run.on_cases({retried("a", 2)});
    run.on_collection_finished({});
    run.on_judged(RunId{0}, failed());
    run.on_judged(RunId{0}, passed());

    EXPECT_THAT(actions_.submitted, ElementsAre(Submitted{0, "a", 0, 1}, Submitted{0, "a", 0, 2}));
    const auto failures = actions_.all<ui::AttemptFailed>();
    ASSERT_THAT(failures, SizeIs(1));
    EXPECT_EQ(failures[0].result.attempt, 1U);
    EXPECT_EQ(failures[0].result.attempts, 3U);
    const auto finished = actions_.all<ui::CaseFinished>();
    ASSERT_THAT(finished, SizeIs(1));
    EXPECT_TRUE(finished[0].flaky);
    EXPECT_EQ(finished[0].attempt, 2U);
    EXPECT_EQ(finished[0].verdict, Verdict::passed);
}

TEST_F(RunnerCore, CountsAFlakyCaseAsPassedAndListsIt) {
    Core& run = core({.repeat = 2});
    run.on_cases({retried("a", 2)});
    run.on_collection_finished({});
    run.on_judged(RunId{0}, failed());
    run.on_judged(RunId{0}, failed());
    run.on_judged(RunId{0}, passed());
    run.on_judged(RunId{1}, passed());

    EXPECT_EQ(run.exit_code(), 0);
    EXPECT_EQ(summary().passed, 2U);
    EXPECT_EQ(summary().failed, 0U);
    EXPECT_EQ(summary().flaky, 1U);
    ASSERT_THAT(summary().flaky_cases, SizeIs(1));
    EXPECT_EQ(summary().flaky_cases[0].flaky, 1U);
    EXPECT_EQ(summary().flaky_cases[0].runs, 2U);
    EXPECT_EQ(summary().flaky_cases[0].attempts, 3U);
}

TEST_F(RunnerCore, CountsAFlakyCaseAsFailedWhereThatIsWanted) {
    Core& run = core({.stop_after = 1, .flaky_fails = true});
    run.on_cases({retried("a", 1)});
    run.on_collection_finished({});
    run.on_judged(RunId{0}, failed(7));
    EXPECT_FALSE(run.is_done());
    run.on_judged(RunId{0}, passed());

    EXPECT_EQ(run.exit_code(), 1);
    EXPECT_EQ(summary().failed, 1U);
    EXPECT_EQ(summary().flaky, 1U);
}

TEST_F(RunnerCore, FailsACaseThatHasNoAttemptLeft) {
    Core& run = core();
    run.on_cases({retried("a", 1)});
    run.on_collection_finished({});
    run.on_judged(RunId{0}, failed());
    run.on_judged(RunId{0}, failed());

    EXPECT_EQ(run.exit_code(), 1);
    EXPECT_THAT(actions_.all<ui::AttemptFailed>(), SizeIs(1));
    EXPECT_EQ(summary().failed, 1U);
    EXPECT_EQ(summary().flaky, 0U);
    EXPECT_FALSE(actions_.all<ui::CaseFinished>()[0].flaky);
    EXPECT_THAT(actions_.remembered, ElementsAre("a"));
}

TEST_F(RunnerCore, StaysAtItsStepWhenItRetries) {
    Core& run = core();
    run.on_cases({retried("a", 1)});
    run.on_judged(RunId{0}, Judgement{.again = true});
    run.on_judged(RunId{0}, failed());
    EXPECT_EQ(actions_.submitted.back(), (Submitted{0, "a", 1, 2}));
}

ui::CaseFinished part(const std::string& name, Verdict verdict) {
    return {.name = named(name).name, .verdict = verdict};
}

std::vector<std::string> texts(const std::vector<ui::CaseFinished>& results) {
    std::vector<std::string> lines;
    for (const ui::CaseFinished& result : results) {
        lines.push_back(result.name->display +
                        (ui::is_failure(result.verdict) ? " failed" : " passed") +
                        (result.flaky ? " flaky" : "") + " " + std::to_string(result.attempt));
    }
    return lines;
}

TEST_F(RunnerCore, CountsThePartsOfACaseAsWellAsTheCase) {
    Core& run = core();
    run.on_cases({named("a")});
    run.on_collection_finished({});
    Judgement judgement = passed();
    judgement.parts = {part("a 1", Verdict::passed), part("a 2", Verdict::failed)};
    run.on_judged(RunId{0}, std::move(judgement));

    EXPECT_THAT(texts(actions_.all<ui::CaseFinished>()),
                ElementsAre("a 1 passed 1", "a 2 failed 1", "a passed 1"));
    EXPECT_THAT(actions_.all<ui::CaseQueued>(), SizeIs(3));
    EXPECT_EQ(summary().passed, 2U);
    EXPECT_EQ(summary().failed, 1U);
    EXPECT_FALSE(summary().not_run);
    EXPECT_EQ(run.exit_code(), 1);
}

TEST_F(RunnerCore, RetriesACaseOfWhichAPartHasFailed) {
    Core& run = core();
    run.on_cases({retried("a", 1)});
    run.on_collection_finished({});
    Judgement first = passed();
    first.parts = {part("a 1", Verdict::passed), part("a 2", Verdict::failed)};
    run.on_judged(RunId{0}, std::move(first));
    Judgement second = passed();
    second.parts = {part("a 1", Verdict::passed), part("a 2", Verdict::passed)};
    run.on_judged(RunId{0}, std::move(second));

    EXPECT_THAT(actions_.all<ui::AttemptFailed>(), SizeIs(1));
    EXPECT_THAT(texts(actions_.all<ui::CaseFinished>()),
                ElementsAre("a 1 passed 2", "a 2 passed flaky 2", "a passed 2"));
    EXPECT_EQ(summary().flaky, 1U);
    EXPECT_EQ(run.exit_code(), 0);
}

TEST_F(RunnerCore, FailsAPartThatFailedAndDoesNotComeAgain) {
    Core& run = core();
    run.on_cases({retried("a", 1)});
    run.on_collection_finished({});
    Judgement first = passed();
    first.parts = {part("a 2", Verdict::failed)};
    run.on_judged(RunId{0}, std::move(first));
    run.on_judged(RunId{0}, passed());

    EXPECT_THAT(texts(actions_.all<ui::CaseFinished>()), ElementsAre("a 2 failed 2", "a passed 2"));
    EXPECT_EQ(run.exit_code(), 1);
}

TEST_F(RunnerCore, GivesEachHintOnceARun) {
    Core& run = core();
    run.on_cases(cases({"a", "b"}));
    Judgement judgement = failed();
    judgement.hint = Hint{"network", "no network"};
    run.on_judged(RunId{0}, judgement);
    run.on_judged(RunId{1}, judgement);

    const auto finished = actions_.all<ui::CaseFinished>();
    EXPECT_EQ(finished[0].hint, "no network");
    EXPECT_EQ(finished[1].hint, "");
}

TEST_F(RunnerCore, LetsTheCollectorAddSomethingBeforeTheSummary) {
    actions_.concludes = true;
    Core& run = core();
    run.on_cases(cases({"a", "b"}));
    run.on_collection_finished({});
    run.on_judged(RunId{0}, passed());
    run.on_judged(RunId{1}, passed());
    EXPECT_THAT(actions_.concluded, ElementsAre(0U));
    EXPECT_FALSE(run.is_done());
    run.on_concluded({.exit_code = 3, .report = "TOTAL 9%"});
    EXPECT_TRUE(run.is_done());
    EXPECT_EQ(run.exit_code(), 3);
    EXPECT_EQ(summary().exit_code, 3);
    EXPECT_EQ(actions_.all<ui::ClosingReport>().at(0).text, "TOTAL 9%");
}

TEST_F(RunnerCore, KeepsTheExitCodeOfAFailedTest) {
    actions_.concludes = true;
    Core& run = core({.stop_after = 1});
    run.on_cases(cases({"a", "b"}));
    run.on_judged(RunId{0}, failed(7));
    EXPECT_THAT(actions_.concluded, ElementsAre(1U));
    EXPECT_THAT(actions_.cancelled, ElementsAre(1U));
    run.on_concluded({.exit_code = 3});
    EXPECT_EQ(run.exit_code(), 7);
    EXPECT_EQ(summary().note, "stopped after the failures asked for");
}

TEST_F(RunnerCore, DoesNotWaitForTheCollectorWhenInterrupted) {
    actions_.concludes = true;
    Core& run = core();
    run.on_cases(cases({"a"}));
    run.on_collection_finished({});
    run.on_judged(RunId{0}, passed());
    run.interrupt();
    EXPECT_TRUE(run.is_done());
    run.on_concluded({.exit_code = 3});
    EXPECT_EQ(run.exit_code(), 0);
    EXPECT_EQ(summary().note, "interrupted");
}

}  // namespace
}  // namespace maelstrom::runner
