#include "runner/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::runner {

ui::CaseFinished* first_failed(std::vector<ui::CaseFinished>& parts) {
    const auto found = std::ranges::find_if(
        parts, [](const ui::CaseFinished& part) { return ui::is_failure(part.verdict); });
    return found == parts.end() ? nullptr : &*found;
}

bool has_failed(const Judgement& judgement) {
    return ui::is_failure(judgement.finished.verdict) ||
           std::ranges::any_of(judgement.parts, [](const ui::CaseFinished& part) {
               return ui::is_failure(part.verdict);
           });
}

ui::CaseFinished to_remember(const Judgement& judgement) {
    const ui::CaseFinished& whole = judgement.finished;
    const bool failed = has_failed(judgement);
    return {.id = whole.id,
            .name = whole.name,
            .attempt = whole.attempt,
            .attempts = whole.attempts,
            .verdict =
                failed && !ui::is_failure(whole.verdict) ? ui::Verdict::failed : whole.verdict,
            .flaky = whole.flaky && !failed,
            .duration = whole.duration};
}

void complete_part(ui::CaseFinished& finished,
                   const PartEntry& part,
                   unsigned attempt,
                   unsigned attempts) {
    finished.id = part.id;
    finished.name = part.name;
    finished.attempt = attempt;
    finished.attempts = attempts;
    finished.flaky = finished.verdict == ui::Verdict::passed && part.failed_before;
}

ui::CaseFinished missing_part(unsigned attempt) {
    return {.verdict = ui::Verdict::errored,
            .detail = fmt::format("has failed before and did not come in attempt {}", attempt)};
}

void fail_by_parts(Judgement& judgement, std::string_view what) {
    const auto failed = std::ranges::count_if(
        judgement.parts, [](const ui::CaseFinished& part) { return ui::is_failure(part.verdict); });
    judgement.finished.verdict = ui::Verdict::failed;
    judgement.finished.detail = fmt::format("{} of {} {}{} failed", failed, judgement.parts.size(),
                                            what, judgement.parts.size() == 1 ? "" : "s");
    judgement.exit_code = 1;
}

}  // namespace maelstrom::runner
