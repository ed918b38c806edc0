#include "runner/history_keeper.hpp"

#include "runner/planner.hpp"

namespace maelstrom::runner {

void HistoryKeeper::saw(const std::vector<Case>& cases) {
    if (history_ != nullptr) {
        for (const Case& test : cases) {
            if (!test.broken) {
                history_->saw(key_of(test));
            }
        }
    }
}

void HistoryKeeper::remember(const Case& test, const ui::CaseFinished& finished) {
    const bool failed = ui::is_failure(finished.verdict);
    if (history_ != nullptr && (failed || finished.duration)) {
        history_->add(key_of(test),
                      {.outcome = failed ? history::Outcome::failed : history::Outcome::passed,
                       .duration = finished.duration,
                       .flaky = finished.flaky});
    }
}

void HistoryKeeper::forget_unseen() {
    if (history_ != nullptr) {
        history_->forget_unseen();
    }
}

void HistoryKeeper::save() {
    if (history_ != nullptr) {
        history_->save();
    }
}

void HistoryKeeper::save_now_and_then(std::chrono::steady_clock::time_point now) {
    constexpr auto interval = std::chrono::milliseconds(250);
    if (now - saved_ >= interval) {
        save();
        saved_ = now;
    }
}

}  // namespace maelstrom::runner
