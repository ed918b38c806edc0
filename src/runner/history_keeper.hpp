#pragma once

#include "history/history.hpp"
#include "runner/case.hpp"
#include "ui/event.hpp"

#include <chrono>
#include <vector>

namespace maelstrom::runner {

/// Writes what a run learns into the history, if there is one.
class HistoryKeeper {
public:
    /// `history` outlives this; null: nothing is kept.
    explicit HistoryKeeper(history::History* history) : history_(history) {}

    void saw(const std::vector<Case>& cases);
    void remember(const Case& test, const ui::CaseFinished& finished);
    /// All tests that there are have been seen.
    void forget_unseen();
    void save();
    /// In batches, so that a thousand short tests are not a thousand transactions; a run that is
    /// killed loses the last of them.
    void save_now_and_then(std::chrono::steady_clock::time_point now);

private:
    history::History* history_;
    std::chrono::steady_clock::time_point saved_;
};

}  // namespace maelstrom::runner
