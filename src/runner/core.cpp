#include "runner/core.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::runner {

void Core::on_cases(std::vector<Case> cases) {
    if (ended_) {
        return;
    }
    for (Case& found : cases) {
        if (found.broken) {
            fail(found);
        } else if (settings_.list) {
            ++listed_;
            actions_.emit(ui::CaseListed{found.name});
        } else if (found.ignored) {
            ignore(found);
        } else {
            queue(std::make_shared<const Case>(std::move(found)));
        }
    }
    check_done();
}

void Core::on_collection_finished(CollectionEnd end) {
    if (ended_) {
        return;
    }
    if (end.exit_code != 0) {
        collection_exit_code_ = end.exit_code;
    }
    collection_ = std::move(end);
    check_emptiness();
    if (settings_.expected) {
        actions_.emit(ui::TotalExpected{queued_});  // known now
    }
    actions_.emit(ui::QueuingFinished{});
    check_done();
}

void Core::on_concluded(Conclusion conclusion) {
    if (done_) {
        return;
    }
    conclusion_ = std::move(conclusion);
    exit_code_ = exit_code_ == 0 ? conclusion_.exit_code : exit_code_;
    finish();
}

void Core::on_pending(ui::RunId id) {
    if (find(id) != nullptr) {
        actions_.emit(ui::CasePending{id});
    }
}

void Core::on_started(ui::RunId id) {
    if (find(id) != nullptr) {
        actions_.emit(ui::CaseStarted{.id = id, .attempt = attempt(id).number});
    }
}

void Core::on_judged(ui::RunId id, Judgement judgement) {
    const auto entry = running_.find(number(id));
    if (ended_ || entry == running_.end()) {
        return;
    }
    Run& run = entry->second;
    if (judgement.again || judgement.unreached) {
        run.attempt.step += judgement.again ? 1 : 0;
        actions_.submit(id, *run.test, run.attempt);
        return;
    }
    ui::CaseFinished& finished = judgement.finished;
    finished.id = id;
    complete(finished, run, judgement.hint);
    if (has_failed(judgement) && run.attempt.number <= run.test->orders.retries) {
        for (ui::CaseFinished& part : judgement.parts) {
            if (ui::is_failure(part.verdict)) {
                take_failed_attempt(std::move(part), run);
            }
        }
        if (ui::is_failure(finished.verdict)) {
            run.failed_before = true;
            actions_.emit(ui::AttemptFailed{std::move(finished)});
        }
        ++run.attempt.number;
        actions_.submit(id, *run.test, run.attempt);
        return;
    }
    if (finished.flaky && settings_.flaky_fails) {
        finished.verdict = ui::Verdict::failed;
        judgement.exit_code = 1;
    }
    actions_.remember(*run.test, to_remember(judgement));
    finish_parts(std::move(judgement.parts), run);
    running_.erase(entry);
    record(finished, judgement.exit_code);
    actions_.emit(std::move(finished));
    check_done();
}

/// What the collector cannot know of a result.
void Core::complete(ui::CaseFinished& finished, const Run& run, const std::optional<Hint>& hint) {
    finished.name = run.test->name;
    finished.attempt = run.attempt.number;
    finished.attempts = run.test->orders.retries + 1;
    finished.flaky = finished.verdict == ui::Verdict::passed && run.failed_before;
    give_hint(finished, hint);
}

void Core::give_hint(ui::CaseFinished& finished, const std::optional<Hint>& hint) {
    if (hint && hinted_causes_.insert(hint->cause).second) {
        finished.hint = hint->text;
    }
}

PartEntry& Core::part_of(Run& run, const ui::CaseFinished& part) {
    const auto [entry, unknown] = run.parts.try_emplace(part.name->display);
    if (unknown) {
        const auto [name, first] = part_names_.try_emplace(part.name->display, part.name);
        entry->second = {.id = next_id(), .name = name->second};
        actions_.emit(ui::CaseQueued{.id = entry->second.id, .name = entry->second.name});
    }
    return entry->second;
}

/// Of a part whose case is run again.
void Core::take_failed_attempt(ui::CaseFinished&& finished, Run& run) {
    PartEntry& part = part_of(run, finished);
    part.failed_before = true;
    complete_part(finished, part, run.attempt.number, run.test->orders.retries + 1);
    actions_.emit(ui::AttemptFailed{std::move(finished)});
}

/// Each has its last word, also one that has failed and did not come again.
void Core::finish_parts(std::vector<ui::CaseFinished> parts, Run& run) {
    const auto finish_one = [&](ui::CaseFinished& finished, PartEntry& part) {
        part.finished = true;
        complete_part(finished, part, run.attempt.number, run.test->orders.retries + 1);
        if (finished.flaky && settings_.flaky_fails) {
            finished.verdict = ui::Verdict::failed;
        }
        record(finished, 1);
        actions_.emit(std::move(finished));
    };
    for (ui::CaseFinished& finished : parts) {
        finish_one(finished, part_of(run, finished));
    }
    for (auto& [name, part] : run.parts) {
        if (!part.finished) {
            ui::CaseFinished finished = missing_part(run.attempt.number);
            finish_one(finished, part);
        }
    }
}

/// Not a single test is a success unless the user thinks otherwise, but never a silent one.
void Core::check_emptiness() {
    if (collection_exit_code_ || listed_ + queued_ > 0) {
        return;
    }
    if (left_out_ > 0) {
        collection_->note = left_out_ == 1
                                ? "no test was selected: the only one that was found is left out"
                                : fmt::format("no test was selected: all {} that were found are "
                                              "left out",
                                              left_out_);
    } else if (collection_->note.empty()) {
        collection_->note = "no tests were found";
    }
    if (settings_.no_tests != NoTests::pass) {
        const bool fails = settings_.no_tests == NoTests::fail;
        actions_.emit(
            ui::LogWritten{.level = fails ? util::log::Level::error : util::log::Level::warning,
                           .text = collection_->note});
        exit_code_ = fails ? 1 : 0;
    }
}

void Core::interrupt() {
    if (ended_ && !done_) {
        summary_.note = "interrupted";
        finish();
    } else if (!done_) {
        end("interrupted");
        finish();
    }
}

const Case* Core::find(ui::RunId id) const {
    const auto entry = running_.find(number(id));
    return entry == running_.end() ? nullptr : entry->second.test.get();
}

Attempt Core::attempt(ui::RunId id) const {
    const auto entry = running_.find(number(id));
    return entry == running_.end() ? Attempt{} : entry->second.attempt;
}

void Core::queue(const std::shared_ptr<const Case>& test) {
    for (unsigned i = 0; i < settings_.repeat; ++i) {
        const ui::RunId id = next_id();
        running_.emplace(number(id), Run{.test = test});
        actions_.emit(ui::CaseQueued{.id = id, .name = test->name});
        actions_.submit(id, *test, {});
    }
}

void Core::ignore(const Case& test) {
    const ui::RunId id = next_id();
    ui::CaseFinished finished{.id = id, .name = test.name, .verdict = ui::Verdict::ignored};
    finished.message = *test.ignored;
    actions_.emit(ui::CaseQueued{.id = id, .name = test.name});
    record(finished, 0);
    actions_.emit(std::move(finished));
}

void Core::fail(const Case& broken) {
    const ui::RunId id = next_id();
    actions_.emit(ui::CaseQueued{.id = id, .name = broken.name});
    ui::CaseFinished finished{.id = id,
                              .name = broken.name,
                              .verdict = ui::Verdict::errored,
                              .detail = "could not be collected",
                              .message = broken.broken->message,
                              .place = broken.broken->place,
                              .output = broken.broken->report,
                              .captured_errors = broken.broken->record};
    give_hint(finished, broken.broken->hint);
    record(finished, 1);
    actions_.emit(std::move(finished));
}

void Core::record(const ui::CaseFinished& finished, int exit_code) {
    ++results_;
    if (finished.flaky) {
        record_flaky(finished);
    }
    if (finished.verdict == ui::Verdict::passed) {
        ++summary_.passed;
        return;
    }
    if (finished.verdict == ui::Verdict::ignored) {
        // A case that is repeated and skips itself is listed once.
        ++summary_.ignored;
        if (ignored_.insert(finished.name.get()).second) {
            summary_.ignored_cases.push_back({.name = finished.name, .reason = finished.message});
        }
        return;
    }
    if (summary_.failed++ == 0) {
        exit_code_ = exit_code == 0 ? 1 : exit_code;
    }
    const auto [entry, first] =
        failure_index_.try_emplace(finished.name.get(), summary_.failures.size());
    if (first) {
        summary_.failures.push_back({.name = finished.name, .failed = 0, .runs = settings_.repeat});
    }
    ++summary_.failures[entry->second].failed;
}

void Core::record_flaky(const ui::CaseFinished& finished) {
    ++summary_.flaky;
    const auto [entry, first] =
        flaky_index_.try_emplace(finished.name.get(), summary_.flaky_cases.size());
    if (first) {
        summary_.flaky_cases.push_back(
            {.name = finished.name, .flaky = 0, .runs = settings_.repeat, .attempts = 0});
    }
    ui::Summary::Flaky& flaky = summary_.flaky_cases[entry->second];
    ++flaky.flaky;
    flaky.attempts = std::max(flaky.attempts, finished.attempt);
}

void Core::check_done() {
    const std::optional<unsigned> most =
        settings_.stop_after || !collection_ ? settings_.stop_after : collection_->stop_after;
    const bool limit = most && summary_.failed >= *most;
    if (!ended_ && (limit || (collection_ && running_.empty()))) {
        end(limit && !running_.empty() ? "stopped after the failures asked for" : "");
        const bool nothing_to_add = settings_.list || results_ == 0;
        if (nothing_to_add || !actions_.conclude(summary_.failed)) {
            finish();
        }
    }
}

/// Whatever runs is cancelled.
void Core::end(std::string note) {
    ended_ = true;
    summary_.note = note.empty() && collection_ ? collection_->note : std::move(note);
    summary_.not_run = not_run();
    for (const auto& [id, run] : running_) {
        actions_.cancel(ui::RunId{id});
    }
    running_.clear();
    actions_.stop_collecting();
}

void Core::finish() {
    done_ = true;
    if (!settings_.list) {
        summary_.exit_code = exit_code();
        actions_.emit(summary_);
    }
    if (collection_ && !collection_->output.empty()) {
        actions_.emit(ui::CollectionOutput{collection_->output});
    }
    if (!conclusion_.report.empty()) {
        actions_.emit(ui::ClosingReport{conclusion_.report});
    }
}

ui::RunId Core::next_id() {
    ++queued_;
    return ui::RunId{next_id_++};
}

std::optional<ui::NotRun> Core::not_run() const {
    using Kind = ui::NotRun::Kind;
    const std::size_t left = queued_ - results_;
    if (collection_ && !collection_exit_code_) {
        return left == 0 ? std::nullopt
                         : std::optional(ui::NotRun{.kind = Kind::exact, .count = left});
    }
    if (settings_.expected && *settings_.expected >= queued_ && *settings_.expected > results_) {
        return ui::NotRun{.kind = Kind::about, .count = *settings_.expected - results_};
    }
    return left > 0 ? ui::NotRun{.kind = Kind::more_than, .count = left}
                    : ui::NotRun{.kind = Kind::unknown};
}

}  // namespace maelstrom::runner
