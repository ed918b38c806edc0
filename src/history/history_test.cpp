#include "history/history.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"
#include "util/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace maelstrom::history {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TestKey test_named(const std::string& name) {
    return {.package = "default", .artifact = "tests/a.py", .name = name};
}

Execution passed(std::optional<std::chrono::nanoseconds> duration = milliseconds(1)) {
    return {.outcome = Outcome::passed, .duration = duration};
}
Execution failed(std::optional<std::chrono::nanoseconds> duration = milliseconds(1)) {
    return {.outcome = Outcome::failed, .duration = duration};
}

class HistoryTest : public ::testing::Test {
protected:
    HistoryTest() {
        util::log::set_sink(
            [this](util::log::Level, std::string_view line) { log_.emplace_back(line); });
    }
    ~HistoryTest() override { util::log::set_sink({}); }

    Place place() const { return Place(directory_ / ".maelstrom-pytest"); }
    History open(Keeping keeping = Keeping::write) const { return History(place(), keeping); }
    Record record_of(const std::string& name) const {
        const History history = open(Keeping::read);
        const Record* found = history.find(test_named(name));
        return found == nullptr ? Record{} : *found;
    }
    void run(std::initializer_list<Execution> executions) const {
        History history = open();
        for (const Execution& execution : executions) {
            history.add(test_named("t"), execution);
        }
    }

    testing::TempDir directory_;
    std::vector<std::string> log_;
};

TEST_F(HistoryTest, KnowsNothingAtFirstAndLeavesNoTraceOfHavingLooked) {
    EXPECT_EQ(open().find(test_named("t")), nullptr);
    EXPECT_NE(::access(place().state().c_str(), F_OK), 0);
    EXPECT_THAT(log_, IsEmpty());
}

TEST_F(HistoryTest, RemembersFromRunToRun) {
    run({failed(milliseconds(7))});
    const Record record = record_of("t");
    EXPECT_EQ(record.outcome, Outcome::failed);
    EXPECT_THAT(record.durations, ElementsAre(milliseconds(7)));
    EXPECT_EQ(record.runs, 1U);
    EXPECT_EQ(record.failures, 1U);
    EXPECT_TRUE(open().knows_a_failure());
}

TEST_F(HistoryTest, KeepsTheLastThreeDurationsAndEstimatesTheirMean) {
    for (const int duration : {100, 1, 2, 6}) {
        run({passed(milliseconds(duration))});
    }
    EXPECT_THAT(record_of("t").durations,
                ElementsAre(milliseconds(1), milliseconds(2), milliseconds(6)));
    EXPECT_EQ(record_of("t").estimate(), milliseconds(3));
    EXPECT_EQ(Record{}.estimate(), std::nullopt);
}

TEST_F(HistoryTest, DoesNotBelieveInDurationsOfYears) {
    run({passed(std::chrono::hours(24 * 365 * 200))});
    run({passed(milliseconds(2))});
    EXPECT_EQ(record_of("t").estimate(), milliseconds(2));
}

TEST_F(HistoryTest, TakesARepeatedTestForFailedIfOneExecutionWas) {
    run({passed(), failed(), passed()});
    EXPECT_EQ(record_of("t").outcome, Outcome::failed);
    EXPECT_EQ(record_of("t").runs, 3U);
    run({passed()});
    EXPECT_EQ(record_of("t").outcome, Outcome::passed);
}

TEST_F(HistoryTest, KeepsOldDurationsWhenATestCouldNotRun) {
    run({passed(milliseconds(5))});
    run({failed(std::nullopt)});
    EXPECT_EQ(record_of("t").outcome, Outcome::failed);
    EXPECT_THAT(record_of("t").durations, ElementsAre(milliseconds(5)));
}

TEST_F(HistoryTest, CountsFlakyRuns) {
    run({{.outcome = Outcome::passed, .duration = milliseconds(1), .flaky = true}});
    run({passed()});
    EXPECT_EQ(record_of("t").flaky, 1U);
    EXPECT_EQ(record_of("t").runs, 2U);
}

TEST_F(HistoryTest, AnswersAsThingsWereWhenItWasOpened) {
    run({passed()});
    History history = open();
    history.add(test_named("t"), failed());
    EXPECT_EQ(history.find(test_named("t"))->outcome, Outcome::passed);
}

TEST_F(HistoryTest, WritesWhileTheRunGoesOn) {
    History history = open();
    history.add(test_named("a"), passed());
    history.save();
    history.add(test_named("b"), passed());
    EXPECT_EQ(record_of("a").runs, 1U);
    EXPECT_EQ(record_of("b").runs, 0U);
    history.save();
    EXPECT_EQ(record_of("b").runs, 1U);
}

TEST_F(HistoryTest, KnowsWhatTheUserWasTold) {
    run({passed()});  // a file without the table
    EXPECT_EQ(open().said("unit"), std::nullopt);
    open().say("unit", 7);
    EXPECT_EQ(open(Keeping::read).said("unit"), 7U);
    EXPECT_EQ(open().said("other"), std::nullopt);
    EXPECT_EQ(record_of("t").runs, 1U);
}

TEST_F(HistoryTest, ForgetsTestsThatHaveGone) {
    {
        History history = open();
        history.add(test_named("stays"), passed());
        history.add(test_named("goes"), passed());
    }
    {
        History history = open();
        history.saw(test_named("stays"));
        history.forget_unseen();
    }
    EXPECT_EQ(record_of("stays").runs, 1U);
    EXPECT_EQ(record_of("goes").runs, 0U);
}

TEST_F(HistoryTest, OnlyLooksWhereItShallNotWrite) {
    run({passed()});
    {
        History history = open(Keeping::read);
        history.add(test_named("t"), failed());
    }
    EXPECT_EQ(record_of("t").outcome, Outcome::passed);
}

TEST_F(HistoryTest, HidesItsDirectoryFromVersionControl) {
    run({passed()});
    EXPECT_THAT(
        sys::read_file(directory_ / ".maelstrom-pytest/.gitignore", util::Bytes{100}).value(),
        HasSubstr("\n*\n"));
}

TEST_F(HistoryTest, PutsADamagedFileAsideAndStartsAnew) {
    directory_.write(".maelstrom-pytest/state/history.sqlite",
                     "this is no database, and longer than a header of one would be: " +
                         std::string(200, 'x'));
    run({passed()});
    EXPECT_THAT(log_, ElementsAre(HasSubstr("starts anew")));
    EXPECT_EQ(record_of("t").runs, 1U);
    EXPECT_EQ(::access((place().history_file() + ".damaged").c_str(), F_OK), 0);
}

TEST_F(HistoryTest, TakesAnEmptyFileForNoHistory) {
    directory_.write(".maelstrom-pytest/state/history.sqlite", "");
    run({passed()});
    EXPECT_THAT(log_, IsEmpty());
    EXPECT_EQ(record_of("t").runs, 1U);
}

TEST_F(HistoryTest, RunsWithoutMemoryWhereItCannotWrite) {
    directory_.write(".maelstrom-pytest", "a file in its way");
    run({passed()});
    EXPECT_THAT(log_, ElementsAre(HasSubstr("not remembered")));
    EXPECT_EQ(record_of("t").runs, 0U);
}

TEST_F(HistoryTest, TakesOverTheListingOfTheRustProgram) {
    directory_.write(".maelstrom-pytest/state/test-listing.toml",
                     "version = 3\n[default.\"tests/a.py\".t]\ntimings = [0.5]\n"
                     "outcome = \"failure\"\n"
                     "[default.\"tests/a.py\".u]\ntimings = [0.25]\noutcome = \"success\"\n");
    {
        History history = open();
        EXPECT_EQ(history.find(test_named("t"))->outcome, Outcome::failed);
        history.add(test_named("t"), passed());
    }
    ASSERT_EQ(::unlink(place().listing_file().c_str()), 0);
    EXPECT_EQ(record_of("t").outcome, Outcome::passed);
    EXPECT_EQ(record_of("u").estimate(), milliseconds(250));
}

TEST_F(HistoryTest, LeavesADamagedListingAside) {
    directory_.write(".maelstrom-pytest/state/test-listing.toml", "version = 3\n[default\n");
    run({passed()});
    EXPECT_THAT(log_, ElementsAre(HasSubstr("test-listing.toml is left aside")));
    EXPECT_EQ(record_of("t").runs, 1U);
}

}  // namespace
}  // namespace maelstrom::history
