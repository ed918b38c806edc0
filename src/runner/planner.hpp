#pragma once

#include "filter/selection.hpp"
#include "runner/case.hpp"

#include <string>

namespace maelstrom::runner {

/// Decides about cases when they are found, before anything of them runs: whether they are wanted.
/// Without clock, threads or files.
class Planner {
public:
    explicit Planner(filter::Selection selection) : selection_(std::move(selection)) {}

    /// Whether the case is wanted.
    bool plan(Case& test) const;

private:
    const filter::Selection selection_;
};

/// What filters are asked about. The case has to outlive it.
filter::Subject subject_of(const Case& test);

}  // namespace maelstrom::runner
