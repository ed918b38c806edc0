#include "runner/test_run.hpp"

#include "runner/collection.hpp"
#include "runner/groups.hpp"
#include "runner/history_keeper.hpp"
#include "runner/jobs.hpp"
#include "runner/log_events.hpp"
#include "runner/unit_advice.hpp"
#include "runner/verdict.hpp"
#include "util/check.hpp"

#include <algorithm>
#include <atomic>
#include <unordered_set>

namespace maelstrom::runner {

namespace {

using std::chrono::steady_clock;

constexpr auto tick_interval = std::chrono::milliseconds(33);

}  // namespace

class TestRun::Driver final : public Actions {
public:
    Driver(const TestRunSettings& settings,
           Collector& collector,
           client::Client& client,
           std::span<const std::unique_ptr<ui::Reporter>> reporters)
        : settings_(settings), collector_(collector), client_(client), reporters_(reporters),
          core_(settings.core, *this), jobs_(collector, client, settings.timeout, settings.slots),
          collection_(collector, client), history_(settings.history),
          log_(settings.capture_log ? LogEvents::Capture::yes : LogEvents::Capture::no) {}

    util::Result<int> run();
    const std::vector<std::string>& written_files() const { return written_; }
    void interrupt() {
        interrupted_.store(true);
        client_.interrupt();
    }

    // Actions: called by the core, in the run's thread.
    void submit(ui::RunId id, const Case& test, Attempt attempt) override;
    void cancel(ui::RunId id) override { jobs_.cancel(id); }
    void stop_collecting() override { collection_.stop(); }
    bool conclude(std::size_t failures) override;
    void emit(ui::Event event) override;
    void remember(const Case& test, const ui::CaseFinished& finished) override {
        history_.remember(test, finished);
    }

private:
    util::Result<void> start();
    void turn();
    void take_messages();
    void take_log();
    void handle(Message message);
    void take_cases(std::vector<Case> cases);
    void define_container(const Case& test);
    void take_end(CollectionEnd end);
    void handle(client::Event event);
    void changed(client::StateChanged event);
    void finished(client::Finished event);
    void judge(const Group& group, const job::Result& result);
    void start_groups();
    void end_collecting();

    const TestRunSettings settings_;
    Collector& collector_;
    client::Client& client_;
    const std::span<const std::unique_ptr<ui::Reporter>> reporters_;
    Core core_;
    Jobs jobs_;
    Groups groups_;  ///< of this turn
    Collection collection_;
    HistoryKeeper history_;
    LogEvents log_;
    std::unordered_set<const ChosenContainer*> defined_;
    std::atomic<bool> interrupted_{false};
    UnitAdvice advice_;
    std::optional<steady_clock::time_point> first_case_;
    steady_clock::time_point started_;
    std::vector<std::string> written_;
};

util::Result<int> TestRun::Driver::run() {
    TRY(start());
    while (!core_.is_done()) {
        turn();
    }
    end_collecting();
    history_.save();
    take_log();
    log_.stop();
    util::Result<void> status;
    for (const auto& reporter : reporters_) {
        if (util::Result<void> closed = reporter->finish(); !closed && status) {
            status = std::move(closed);
        }
    }
    TRY(std::move(status));
    return core_.exit_code();
}

util::Result<void> TestRun::Driver::start() {
    log_.start();
    started_ = steady_clock::now();
    emit(ui::RunStarted{.program = settings_.program,
                        .project = settings_.project,
                        .at = std::chrono::system_clock::now(),
                        .listing = settings_.core.list});
    emit(ui::PhaseChanged{collector_.phase_label()});
    if (settings_.core.expected) {
        emit(ui::TotalExpected{*settings_.core.expected});
    }
    return collection_.start();
}

/// One round: what the collector found, what the client reports, what the user wants.
void TestRun::Driver::turn() {
    take_messages();
    take_log();
    if (interrupted_.load()) {
        history_.save();  // a second signal may come while the summary is shown
        core_.interrupt();
    }
    if (core_.is_done()) {
        return;
    }
    const auto now = steady_clock::now();
    for (const auto& reporter : reporters_) {
        reporter->tick(now);
    }
    history_.save_now_and_then(now);
    jobs_.make_room();
    if (std::optional<client::Event> event = client_.next(now + tick_interval)) {
        handle(std::move(*event));
    }
}

void TestRun::Driver::take_messages() {
    while (std::optional<Message> message = collection_.take()) {
        handle(std::move(*message));
    }
}

void TestRun::Driver::take_log() {
    for (ui::LogWritten& line : log_.take()) {
        emit(std::move(line));
    }
}

void TestRun::Driver::handle(Message message) {
    std::visit(ui::Overloaded{
                   [&](CasesFound& found) { take_cases(std::move(found.cases)); },
                   [&](PhaseFound& found) { emit(ui::PhaseChanged{std::move(found.text)}); },
                   [&](ContainerDefined& defined) {
                       client_.define(defined.name, std::move(defined.container));
                   },
                   [&](CollectionFinished& done) { take_end(std::move(done.end)); },
                   [&](Concluded& done) {
                       written_ = std::move(done.conclusion.written);
                       core_.on_concluded(std::move(done.conclusion));
                   },
                   [&](JobWanted& wanted) { jobs_.start(std::move(wanted)); },
               },
               message);
}

void TestRun::Driver::take_cases(std::vector<Case> cases) {
    history_.saw(cases);
    if (settings_.planner != nullptr) {
        const std::size_t left_out =
            std::erase_if(cases, [&](Case& test) { return !settings_.planner->plan(test); });
        core_.on_left_out(left_out);
        std::ranges::for_each(cases, [&](const Case& test) { define_container(test); });
        if (!settings_.core.list) {
            Planner::sort(cases);
        }
    }
    for (const Case& test : cases) {
        if (test.runs()) {
            advice_.queued(test);
        }
    }
    first_case_ = advice_.tests() > 0 && !first_case_ ? steady_clock::now() : first_case_;
    core_.on_cases(std::move(cases));
    start_groups();
}

void TestRun::Driver::define_container(const Case& test) {
    const ChosenContainer* chosen = test.orders.container.get();
    if (chosen == nullptr || settings_.core.list || !defined_.insert(chosen).second) {
        return;
    }
    for (job::NamedContainer& named : collector_.definitions(*chosen)) {
        client_.define(named.name, std::move(named.container));
    }
}

void TestRun::Driver::take_end(CollectionEnd end) {
    if (end.whole && end.exit_code == 0) {
        history_.forget_unseen();
    }
    core_.on_collection_finished(std::move(end));
}

void TestRun::Driver::handle(client::Event event) {
    if (auto* done = std::get_if<client::Finished>(&event)) {
        finished(std::move(*done));
    } else if (auto* point = std::get_if<client::ForkPoint>(&event)) {
        jobs_.on_fork_point(std::move(*point));
    } else if (const auto* change = std::get_if<client::StateChanged>(&event)) {
        changed(*change);
    }
}

void TestRun::Driver::changed(client::StateChanged event) {
    const Group* group = jobs_.find(event.id);
    if (group == nullptr) {
        return;
    }
    for (const Member& member : *group) {
        if (event.state == client::JobState::pending) {
            core_.on_pending(member.id);
        } else if (event.state == client::JobState::running) {
            core_.on_started(member.id);
        }
    }
}

void TestRun::Driver::finished(client::Finished event) {
    const Group group = jobs_.on_finished(event);
    if (!group.empty()) {
        judge(group, event.result);
        start_groups();
    }
}

void TestRun::Driver::judge(const Group& group, const job::Result& result) {
    const Attempt attempt = group.front().attempt;
    std::vector<Judgement> judgements;
    if (group.size() == 1) {
        judgements.push_back(collector_.judge(*group.front().test, attempt, result));
        const ui::CaseFinished& finished = judgements.front().finished;
        if (finished.duration && finished.usage) {
            advice_.finished(*finished.duration, finished.usage->wall);
        }
    } else {
        judgements = collector_.judge_together(tests_of(group), attempt, result);
    }
    CHECK(judgements.size() == group.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
        name_shared_limit(judgements[i], result, group.size(),
                          jobs_.limit_of(group[i].test->orders));
        name_limits(judgements[i], result);
        core_.on_judged(group[i].id, std::move(judgements[i]));
    }
}

/// The collector may wait for a job of its own or for room in the mailbox: both end here.
void TestRun::Driver::end_collecting() {
    collection_.close();
    jobs_.end();
    collection_.join();
}

void TestRun::Driver::submit(ui::RunId id, const Case& test, Attempt attempt) {
    // Who is tried once more is so alone.
    const bool alone = test.orders.unit == IsolationUnit::test || !test.units || attempt.number > 1;
    if (alone) {
        jobs_.start({{.id = id, .test = &test, .attempt = attempt}});
    } else {
        groups_.add({.id = id, .test = &test, .attempt = attempt});
    }
}

void TestRun::Driver::start_groups() {
    for (Group& group : groups_.take()) {
        jobs_.start(std::move(group));
    }
}

bool TestRun::Driver::conclude(std::size_t failures) {
    if (!collector_.has_conclusion()) {
        return false;
    }
    if (util::Result<void> started = collection_.conclude(failures); !started) {
        started.error().while_doing("what was to follow the tests, such as coverage, is missing");
        core_.on_concluded({.exit_code = 1, .report = started.error().message() + "\n"});
    }
    return true;
}

void TestRun::Driver::emit(ui::Event event) {
    if (auto* summary = std::get_if<ui::Summary>(&event)) {
        if (settings_.advise_on_units && settings_.history != nullptr && first_case_) {
            advice_.say_once(steady_clock::now() - *first_case_, *settings_.history);
            take_log();
        }
        summary->duration = steady_clock::now() - started_;
    }
    for (const auto& reporter : reporters_) {
        reporter->on(event);
    }
}

TestRun::TestRun(const TestRunSettings& settings,
                 Collector& collector,
                 client::Client& client,
                 std::span<const std::unique_ptr<ui::Reporter>> reporters)
    : driver_(std::make_unique<Driver>(settings, collector, client, reporters)) {
}

TestRun::~TestRun() = default;

util::Result<int> TestRun::run() {
    return driver_->run();
}

const std::vector<std::string>& TestRun::written_files() const {
    return driver_->written_files();
}

void TestRun::interrupt() {
    driver_->interrupt();
}

}  // namespace maelstrom::runner
