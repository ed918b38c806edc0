#include "ui/run_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace maelstrom::ui {

namespace {

constexpr auto throbber_step = std::chrono::milliseconds(100);

std::string_view failed_word(Verdict verdict) {
    switch (verdict) {
    case Verdict::timed_out:
        return "timed out";
    case Verdict::errored:
        return "error";
    default:
        return "failed";
    }
}

}  // namespace

void RunState::on(const Event& event, Time now) {
    std::visit(Overloaded{
                   [&](const RunStarted& started) {
                       listing_ = started.listing;
                       started_ = now;
                   },
                   [&](const PhaseChanged& phase) { phase_ = phase.text; },
                   [&](const TotalExpected& total) { expected_ = total.count; },
                   [&](const CaseQueued& queued) {
                       ++queued_;
                       names_.emplace(number(queued.id), queued.name);
                   },
                   [&](const CasePending& pending) { pending_.insert(number(pending.id)); },
                   [&](const CaseStarted& started) {
                       pending_.erase(number(started.id));
                       running_[number(started.id)] = {.name = names_[number(started.id)],
                                                       .since = now};
                       most_running_ = std::max(most_running_, running_.size());
                   },
                   [&](const AttemptFailed& attempt) {
                       pending_.erase(number(attempt.result.id));
                       running_.erase(number(attempt.result.id));
                   },
                   [&](const CaseFinished& finished) { finish(finished); },
                   [&](const QueuingFinished&) { queuing_ = false; },
                   [](const auto&) {},
               },
               event);
}

void RunState::finish(const CaseFinished& finished) {
    names_.erase(number(finished.id));
    pending_.erase(number(finished.id));
    running_.erase(number(finished.id));
    ++finished_;
    if (is_failure(finished.verdict)) {
        ++failed_;
        failed_names_[finished.name->display] = failed_word(finished.verdict);
    }
}

LiveView RunState::view(Time now, std::size_t first_failed) const {
    LiveView view;
    std::vector<const Running*> running;
    running.reserve(running_.size());
    for (const auto& [id, one] : running_) {
        running.push_back(&one);
    }
    std::ranges::sort(running, {}, [](const Running* one) { return one->since; });
    for (const Running* one : running) {
        const auto elapsed = now - one->since;
        view.running.push_back({.name = one->name ? one->name->display : "",
                                .elapsed = std::chrono::round<std::chrono::seconds>(elapsed),
                                .under_a_second = elapsed < std::chrono::seconds(1)});
    }
    for (const auto& [name, word] : failed_names_) {
        view.failed.push_back({.name = name, .word = word});
    }
    view.first_failed = first_failed;
    view.most_running = most_running_;
    view.phase = phase_line(now);
    view.counts = counts();
    return view;
}

LiveView::Counts RunState::counts() const {
    const std::size_t expected = std::max({expected_, queued_, finished_});
    const std::size_t known = pending_.size() + running_.size() + finished_;
    return {.waiting = expected > known ? expected - known : 0,
            .pending = pending_.size(),
            .running = running_.size(),
            .complete = finished_,
            .failed = failed_,
            .expected = expected};
}

std::string RunState::phase_line(Time now) const {
    constexpr std::array<std::string_view, 10> throbber{"⠋", "⠙", "⠹", "⠸", "⠼",
                                                        "⠴", "⠦", "⠧", "⠇", "⠏"};
    if (phase().empty()) {
        return {};
    }
    const auto step = static_cast<std::size_t>((now - started_) / throbber_step);
    return fmt::format("{} {}…", throbber[step % throbber.size()], phase());
}

}  // namespace maelstrom::ui
