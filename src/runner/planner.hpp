#pragma once

#include "filter/selection.hpp"
#include "history/history.hpp"
#include "runner/case.hpp"
#include "runner/directives.hpp"

#include <vector>

namespace maelstrom::runner {

struct PlanSettings {
    filter::Selection selection;
    bool last_failed = false;  ///< only what failed when it was last run
    // Where no directive says otherwise:
    unsigned retries = 0;
    IsolationUnit unit = IsolationUnit::test;
    /// None: there is no metadata file.
    Directives* directives = nullptr;
    /// None: nothing is known of earlier runs.
    const history::History* history = nullptr;
};

/// Decides about cases when they are found, before anything of them runs: whether they are wanted,
/// and which come first. Without clock, threads or files.
class Planner {
public:
    explicit Planner(PlanSettings settings) : settings_(std::move(settings)) {}

    /// Whether the case is wanted. Fills in its orders.
    bool plan(Case& test) const;
    /// New and failed ones first, then those that take longest; else as they are.
    static void sort(std::vector<Case>& cases);

private:
    void take_directives(Case& test, const filter::Subject& subject) const;

    const PlanSettings settings_;
};

/// What filters are asked about. The case has to outlive it.
filter::Subject subject_of(const Case& test, bool failed);

/// Whether a test that only the history knows would be wanted, as far as its name tells.
bool is_selected(const filter::Selection& selection, const history::TestKey& key, bool failed);

history::TestKey key_of(const Case& test);

}  // namespace maelstrom::runner
