#pragma once

#include "runner/case.hpp"
#include "ui/event.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// Parts: verdicts that a case's job brings along, see `Judgement::parts`.

namespace maelstrom::runner {

/// The parts of one execution that have been heard of, over all its attempts, by name.
struct PartEntry {
    ui::RunId id{};
    ui::CasePointer name;
    bool failed_before = false;
    bool finished = false;
};
using Parts = std::map<std::string, PartEntry>;

/// The first one that has failed; null if none has.
ui::CaseFinished* first_failed(std::vector<ui::CaseFinished>& parts);

/// Whether it or a part of it has failed.
bool has_failed(const Judgement& judgement);

/// What history learns about the case, without any output: a failure where a part has failed.
ui::CaseFinished to_remember(const Judgement& judgement);

/// What a collector cannot know of a part.
void complete_part(ui::CaseFinished& finished,
                   const PartEntry& part,
                   unsigned attempt,
                   unsigned attempts);

/// The result of one that has failed in an attempt before and is not in the last one.
ui::CaseFinished missing_part(unsigned attempt);

/// Of a case that has nothing to say itself, though parts of it failed: so it has failed, and tells
/// how many. `what` is what they are called.
void fail_by_parts(Judgement& judgement, std::string_view what);

}  // namespace maelstrom::runner
