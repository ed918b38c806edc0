#include "runner/test_run.hpp"
#include "testing/no_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>

namespace maelstrom::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ui::Verdict;

/// A client whose jobs end at once, as their arguments say; "hang" never does.
class InstantClient final : public client::Client {
public:
    void define(const std::string&, job::Container) override {}
    void look_again() override {}
    job::JobId submit(job::Job job, client::Extras) override {
        const std::lock_guard lock(mutex_);
        const job::JobId id{next_++};
        timeouts.push_back(job.timeout);
        if (job.program == "hang") {
            hanging.push_back(id);
            return id;
        }
        const int code = job.program == "true" ? 0 : 1;
        events_.emplace_back(client::StateChanged{id, client::JobState::pending});
        events_.emplace_back(client::StateChanged{id, client::JobState::running});
        events_.emplace_back(client::Finished{id, job::Completed{.status = job::Exited{code}}});
        return id;
    }
    void cancel(job::JobId id) override { cancelled.push_back(id); }
    std::optional<client::Event> next(std::chrono::steady_clock::time_point deadline) override {
        std::unique_lock lock(mutex_);
        wake_.wait_until(lock, deadline, [&] { return woken_ || !events_.empty(); });
        woken_ = false;
        if (events_.empty()) {
            return std::nullopt;
        }
        client::Event event = std::move(events_.front());
        events_.pop_front();
        return event;
    }
    void interrupt() override {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        wake_.notify_all();
    }

    std::vector<std::optional<std::chrono::seconds>> timeouts;
    std::vector<job::JobId> cancelled;
    std::vector<job::JobId> hanging;

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<client::Event> events_;
    bool woken_ = false;
    std::uint32_t next_ = 0;
};

/// Finds cases named after the program they run, after a listing job of its own.
class ListedCollector final : public Collector {
public:
    explicit ListedCollector(std::vector<std::string> programs,
                             std::string listing_program = "true")
        : programs_(std::move(programs)), listing_program_(std::move(listing_program)) {}

    std::string phase_label() const override { return "collecting"; }
    CollectionEnd collect(Findings& findings, JobRunner& jobs, std::stop_token) override {
        listing = jobs.run({.job = {.program = listing_program_}});
        std::vector<Case> cases;
        for (std::size_t i = 0; i < programs_.size(); ++i) {
            cases.push_back({.name = std::make_shared<const ui::CaseName>(
                                 ui::CaseName{.display = programs_[i]}),
                             .key = i});
        }
        findings.found(std::move(cases));
        return {};
    }
    JobRequest request(const Case& test, Attempt) override {
        return {.job = {.program = programs_[test.key]}};
    }
    Judgement judge(const Case&, Attempt, const job::Result& result) override {
        if (on_judge) {
            on_judge();
        }
        const bool passed = std::get<job::Completed>(result).status == job::Status(job::Exited{0});
        Judgement judgement;
        judgement.finished.verdict = passed ? Verdict::passed : Verdict::failed;
        judgement.exit_code = passed ? 0 : 1;
        return judgement;
    }

    bool has_conclusion() const override { return concludes; }

    job::Result listing;
    bool concludes = false;
    std::function<void()> on_judge;

private:
    const std::vector<std::string> programs_;
    const std::string listing_program_;
};

class RecordingReporter final : public ui::Reporter {
public:
    explicit RecordingReporter(std::vector<std::string>& log) : log_(log) {}
    void on(const ui::Event& event) override {
        std::visit(
            ui::Overloaded{
                [&](const ui::CaseFinished& finished) {
                    const bool ok = finished.verdict == Verdict::passed;
                    log_.push_back(finished.name->display + (ok ? " passed" : " failed"));
                },
                [&](const ui::Summary& summary) { log_.push_back("summary " + summary.note); },
                [&](const ui::ClosingReport& report) { log_.push_back(report.text); },
                [](const auto&) {},
            },
            event);
    }
    void tick(std::chrono::steady_clock::time_point) override {
        if (on_tick) {
            on_tick();
        }
    }
    util::Result<void> finish() override {
        log_.emplace_back("finish");
        return {};
    }

    std::function<void()> on_tick;

private:
    std::vector<std::string>& log_;
};

class RunnerSession : public ::testing::Test {
protected:
    int run(ListedCollector& collector, const TestRunSettings& settings = {}) {
        session_.emplace(settings, collector, client_, reporters_);
        return session_->run().value();
    }

    InstantClient client_;
    std::vector<std::string> log_;
    std::optional<TestRun> session_;
    std::vector<std::unique_ptr<ui::Reporter>> reporters_ = [this] {
        std::vector<std::unique_ptr<ui::Reporter>> list;
        list.push_back(std::make_unique<RecordingReporter>(log_));
        return list;
    }();
    RecordingReporter& reporter_ = static_cast<RecordingReporter&>(*reporters_.front());
};

TEST_F(RunnerSession, CollectsRunsAndReports) {
    ListedCollector collector({"true", "false"});
    EXPECT_EQ(run(collector), 1);
    EXPECT_TRUE(std::holds_alternative<job::Completed>(collector.listing));
    EXPECT_THAT(log_, ElementsAre("true passed", "false failed", "summary ", "finish"));
}

TEST_F(RunnerSession, ReplacesEveryTimeLimitByTheOneOfTheUser) {
    ListedCollector collector({"true"});
    run(collector, {.timeout = std::chrono::seconds(5)});
    EXPECT_THAT(client_.timeouts,
                ElementsAre(std::nullopt, std::optional(std::chrono::seconds(5))));
}

TEST_F(RunnerSession, KeepsResultsAndCancelsTheRestWhenInterrupted) {
    ListedCollector collector({"true", "hang"});
    reporter_.on_tick = [&] {
        if (!log_.empty()) {
            session_->interrupt();
        }
    };
    run(collector);
    EXPECT_EQ(log_.back(), "finish");
    EXPECT_THAT(log_, ::testing::Contains("summary interrupted"));
    EXPECT_THAT(client_.cancelled, ElementsAre(job::JobId{2}));
}

TEST_F(RunnerSession, EndsInOrderWhereNoThreadIsLeftForTheConclusion) {
    ListedCollector collector({"true"});
    collector.concludes = true;
    std::optional<testing::NoThreads> none;
    collector.on_judge = [&] { none.emplace(); };
    EXPECT_EQ(run(collector), 1);
    EXPECT_THAT(log_, ElementsAre("true passed", "summary ", HasSubstr("ulimit -u"), "finish"));
}

TEST_F(RunnerSession, DoesNotWaitForACollectorWhoseJobHangs) {
    ListedCollector collector({"true"}, "hang");
    reporter_.on_tick = [&] {
        if (!client_.hanging.empty()) {
            session_->interrupt();
        }
    };
    run(collector);
    EXPECT_TRUE(std::holds_alternative<job::NotRun>(collector.listing));
    EXPECT_THAT(log_, ElementsAre("summary interrupted", "finish"));
}

}  // namespace
}  // namespace maelstrom::runner
