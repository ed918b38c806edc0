#include "runner/planner.hpp"

namespace maelstrom::runner {

bool Planner::plan(Case& test) const {
    return selection_.evaluate(subject_of(test)) == filter::Truth::yes;
}

filter::Subject subject_of(const Case& test) {
    return filter::PytestSubject{.package = test.address.package,
                                 .file = test.address.artifact,
                                 .test = filter::PytestSubject::Test{.name = test.address.name,
                                                                     .node_id = test.name->display,
                                                                     .markers = test.markers},
                                 .failed = false};
}

}  // namespace maelstrom::runner
