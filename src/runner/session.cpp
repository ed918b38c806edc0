#include "runner/session.hpp"

#include "runner/groups.hpp"
#include "runner/jobs.hpp"
#include "runner/mail.hpp"
#include "runner/unit_advice.hpp"
#include "runner/verdict.hpp"
#include "sys/thread.hpp"
#include "util/check.hpp"
#include "util/guarded.hpp"
#include "util/mailbox.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace maelstrom::runner {

namespace {

using std::chrono::steady_clock;

constexpr auto tick_interval = std::chrono::milliseconds(33);

job::Result cancelled() {
    return job::NotRun{.kind = job::NotRun::Kind::system, .message = "the run has ended"};
}

}  // namespace

class Session::Driver final : public Actions, public Findings, public JobRunner {
public:
    Driver(const SessionSettings& settings,
           Collector& collector,
           client::Client& client,
           std::span<const std::unique_ptr<ui::Reporter>> reporters)
        : settings_(settings), collector_(collector), client_(client), reporters_(reporters),
          core_(settings.core, *this), jobs_(collector, client, settings.timeout, settings.slots) {}

    util::Result<int> run();
    const std::vector<std::string>& written_files() const { return written_; }
    void interrupt() {
        interrupted_.store(true);
        client_.interrupt();
    }

    // Actions: called by the core, in the session's thread.
    void submit(ui::RunId id, const Case& test, Attempt attempt) override;
    void cancel(ui::RunId id) override { jobs_.cancel(id); }
    void stop_collecting() override { collecting_.request_stop(); }
    bool conclude(std::size_t failures) override;
    void emit(ui::Event event) override;
    void remember(const Case& test, const ui::CaseFinished& finished) override;

    // Findings and JobRunner: called by the collector, in its thread.
    void found(std::vector<Case> cases) override { post(CasesFound{std::move(cases)}); }
    void phase(std::string text) override { post(PhaseFound{std::move(text)}); }
    job::Result run(JobRequest request) override;
    Outcome run_to_fork_point(JobRequest request) override;
    void end(job::JobId fork_point) override { client_.cancel(fork_point); }
    void define(std::string name, job::Container container) override {
        post(ContainerDefined{std::move(name), std::move(container)});
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
    void save_history(steady_clock::time_point now);
    void handle(client::Event event);
    void changed(client::StateChanged event);
    void finished(client::Finished event);
    void judge(const Group& group, const job::Result& result);
    void start_groups();
    void end_collecting();
    bool post(Message message);

    const SessionSettings settings_;
    Collector& collector_;
    client::Client& client_;
    const std::span<const std::unique_ptr<ui::Reporter>> reporters_;
    Core core_;
    Jobs jobs_;
    Groups groups_;  ///< of this turn
    util::Mailbox<Message> mailbox_;
    util::Guarded<std::vector<ui::LogWritten>> log_;
    std::unordered_set<const ChosenContainer*> defined_;
    std::atomic<bool> interrupted_{false};
    UnitAdvice advice_;
    std::optional<steady_clock::time_point> first_case_;
    steady_clock::time_point started_;
    steady_clock::time_point saved_;
    std::vector<std::string> written_;
    std::jthread collecting_;
    std::jthread concluding_;
};

util::Result<int> Session::Driver::run() {
    if (const auto started = start(); !started) {
        util::log::set_sink({});
        return std::unexpected(started.error());
    }
    while (!core_.is_done()) {
        turn();
    }
    end_collecting();
    if (settings_.history != nullptr) {
        settings_.history->save();
    }
    take_log();
    if (settings_.capture_log) {
        util::log::set_sink({});
    }
    util::Result<void> status;
    for (const auto& reporter : reporters_) {
        if (util::Result<void> closed = reporter->finish(); !closed && status) {
            status = std::move(closed);
        }
    }
    TRY(std::move(status));
    return core_.exit_code();
}

util::Result<void> Session::Driver::start() {
    if (settings_.capture_log) {
        util::log::set_sink([this](util::log::Level level, std::string_view line) {
            log_.with([&](auto& lines) { lines.push_back({level, std::string(line)}); });
        });
    }
    started_ = steady_clock::now();
    emit(ui::RunStarted{.program = settings_.program,
                        .project = settings_.project,
                        .at = std::chrono::system_clock::now(),
                        .listing = settings_.core.list});
    emit(ui::PhaseChanged{collector_.phase_label()});
    if (settings_.core.expected) {
        emit(ui::TotalExpected{*settings_.core.expected});
    }
    collecting_ = TRY(sys::start_thread([this](const std::stop_token& stop) {
        post(CollectionFinished{collector_.collect(*this, *this, stop)});
    }));
    return {};
}

/// One round: what the collector found, what the client reports, what the user wants.
void Session::Driver::turn() {
    take_messages();
    take_log();
    if (interrupted_.load()) {
        if (settings_.history != nullptr) {
            settings_.history->save();  // a second signal may come while the summary is shown
        }
        core_.interrupt();
    }
    if (core_.is_done()) {
        return;
    }
    const auto now = steady_clock::now();
    for (const auto& reporter : reporters_) {
        reporter->tick(now);
    }
    save_history(now);
    jobs_.make_room();
    if (std::optional<client::Event> event = client_.next(now + tick_interval)) {
        handle(std::move(*event));
    }
}

void Session::Driver::take_messages() {
    while (std::optional<Message> message = mailbox_.receive_until(steady_clock::time_point{})) {
        handle(std::move(*message));
    }
}

void Session::Driver::take_log() {
    for (ui::LogWritten& line : log_.with([](auto& lines) { return std::exchange(lines, {}); })) {
        emit(std::move(line));
    }
}

void Session::Driver::handle(Message message) {
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

void Session::Driver::take_cases(std::vector<Case> cases) {
    if (settings_.history != nullptr) {
        std::ranges::for_each(cases,
                              [&](const Case& test) { settings_.history->saw(key_of(test)); });
    }
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
        if (!test.ignored) {
            advice_.queued(test);
        }
    }
    first_case_ = advice_.tests() > 0 && !first_case_ ? steady_clock::now() : first_case_;
    core_.on_cases(std::move(cases));
    start_groups();
}

void Session::Driver::define_container(const Case& test) {
    const ChosenContainer* chosen = test.orders.container.get();
    if (chosen == nullptr || settings_.core.list || !defined_.insert(chosen).second) {
        return;
    }
    for (job::NamedContainer& named : collector_.definitions(*chosen)) {
        client_.define(named.name, std::move(named.container));
    }
}

void Session::Driver::take_end(CollectionEnd end) {
    if (settings_.history != nullptr && end.whole && end.exit_code == 0) {
        settings_.history->forget_unseen();
    }
    core_.on_collection_finished(std::move(end));
}

/// In batches, so that a thousand short tests are not a thousand transactions; a run that is killed
/// loses the last of them.
void Session::Driver::save_history(steady_clock::time_point now) {
    constexpr auto interval = std::chrono::milliseconds(250);
    if (settings_.history != nullptr && now - saved_ >= interval) {
        settings_.history->save();
        saved_ = now;
    }
}

void Session::Driver::handle(client::Event event) {
    if (auto* done = std::get_if<client::Finished>(&event)) {
        finished(std::move(*done));
    } else if (auto* point = std::get_if<client::ForkPoint>(&event)) {
        jobs_.on_fork_point(std::move(*point));
    } else if (const auto* change = std::get_if<client::StateChanged>(&event)) {
        changed(*change);
    }
}

void Session::Driver::changed(client::StateChanged event) {
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

void Session::Driver::finished(client::Finished event) {
    const Group group = jobs_.on_finished(event);
    if (!group.empty()) {
        judge(group, event.result);
        start_groups();
    }
}

void Session::Driver::judge(const Group& group, const job::Result& result) {
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
    std::ranges::for_each(judgements, [&](Judgement& one) { name_limits(one, result); });
    for (std::size_t i = 0; i < group.size(); ++i) {
        core_.on_judged(group[i].id, std::move(judgements[i]));
    }
}

/// The collector may wait for a job of its own or for room in the mailbox: both end here.
void Session::Driver::end_collecting() {
    collecting_.request_stop();
    mailbox_.close();
    while (std::optional<Message> message = mailbox_.receive()) {
        if (auto* wanted = std::get_if<JobWanted>(&*message)) {
            wanted->result.set_value(cancelled());
        }
    }
    jobs_.end();
    collecting_.join();
    if (concluding_.joinable()) {
        concluding_.join();
    }
}

bool Session::Driver::post(Message message) {
    const bool sent = mailbox_.send(std::move(message));
    client_.interrupt();
    return sent;
}

job::Result Session::Driver::run(JobRequest request) {
    return std::get<job::Result>(run_to_fork_point(std::move(request)));
}

Outcome Session::Driver::run_to_fork_point(JobRequest request) {
    std::promise<Outcome> promise;
    std::future<Outcome> result = promise.get_future();
    if (!post(JobWanted{.request = std::move(request), .result = std::move(promise)})) {
        return cancelled();
    }
    return result.get();
}

void Session::Driver::submit(ui::RunId id, const Case& test, Attempt attempt) {
    // Who is tried once more is so alone.
    const bool alone = test.orders.unit == IsolationUnit::test || !test.units || attempt.number > 1;
    if (alone) {
        jobs_.start({{.id = id, .test = &test, .attempt = attempt}});
    } else {
        groups_.add({.id = id, .test = &test, .attempt = attempt});
    }
}

void Session::Driver::start_groups() {
    for (Group& group : groups_.take()) {
        jobs_.start(std::move(group));
    }
}

bool Session::Driver::conclude(std::size_t failures) {
    if (!collector_.has_conclusion()) {
        return false;
    }
    concluding_ =
        std::jthread([this, failures] { post(Concluded{collector_.conclude(*this, failures)}); });
    return true;
}

void Session::Driver::emit(ui::Event event) {
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

void Session::Driver::remember(const Case& test, const ui::CaseFinished& finished) {
    const bool failed = ui::is_failure(finished.verdict);
    if (settings_.history != nullptr && (failed || finished.duration)) {
        settings_.history->add(
            key_of(test), {.outcome = failed ? history::Outcome::failed : history::Outcome::passed,
                           .duration = finished.duration,
                           .flaky = finished.flaky});
    }
}

Session::Session(const SessionSettings& settings,
                 Collector& collector,
                 client::Client& client,
                 std::span<const std::unique_ptr<ui::Reporter>> reporters)
    : driver_(std::make_unique<Driver>(settings, collector, client, reporters)) {
}

Session::~Session() = default;

util::Result<int> Session::run() {
    return driver_->run();
}

const std::vector<std::string>& Session::written_files() const {
    return driver_->written_files();
}

void Session::interrupt() {
    driver_->interrupt();
}

}  // namespace maelstrom::runner
