#pragma once

#include "client/client.hpp"
#include "job/outcome.hpp"
#include "job/parse.hpp"
#include "runner/collector.hpp"

#include <future>
#include <string>
#include <variant>
#include <vector>

// From the collector's thread to the run's.

namespace maelstrom::runner {

struct CasesFound {
    std::vector<Case> cases;
};
struct PhaseFound {
    std::string text;
};
struct ContainerDefined {
    std::string name;
    job::Container container;
};
struct CollectionFinished {
    CollectionEnd end;
};
struct Concluded {
    Conclusion conclusion;
};
struct JobWanted {
    JobRequest request;
    std::promise<ForkPointOrResult> result;
};
/// The answer to those whose job does not come to an end any more.
inline job::Result run_has_ended() {
    return job::NotRun{.kind = job::NotRun::Kind::system, .message = "the run has ended"};
}
using Message = std::
    variant<CasesFound, PhaseFound, ContainerDefined, CollectionFinished, Concluded, JobWanted>;

}  // namespace maelstrom::runner
