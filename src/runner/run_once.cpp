#include "runner/run_once.hpp"

#include "history/history.hpp"
#include "runner/interrupts.hpp"
#include "runner/keep_failed.hpp"
#include "runner/prepare_client.hpp"
#include "runner/reports.hpp"
#include "util/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace maelstrom::runner {

using util::Result;

namespace {

Result<std::optional<history::Turn>> take_turn(const history::Place& place) {
    return history::Turn::take(
        place,
        [](const std::string& holder) {
            util::log::info("another run in this directory{} has not finished: waiting for it",
                            holder.empty() ? "" : fmt::format(" (process {})", holder));
        },
        [] { return Interrupts::signal() != 0; });
}

/// No history knows these of a test.
bool asks_for_markers(const Options& options) {
    const auto names_them = [](const std::string& text) { return text.contains("marker"); };
    return std::ranges::any_of(options.include, names_them) ||
           std::ranges::any_of(options.exclude, names_them);
}

/// About how many executions there will be, from what earlier runs found; none where that says
/// nothing.
std::optional<std::size_t> expected_executions(const Standing& standing,
                                               const filter::Selection& selection,
                                               const history::History& history,
                                               bool last_failed) {
    const Options& options = standing.options;
    if (options.core.list || !standing.framework.collects_everything() ||
        asks_for_markers(options)) {
        return std::nullopt;
    }
    const std::size_t tests =
        history.count([&](const history::TestKey& key, const history::Record& record) {
            const bool failed = record.outcome == history::Outcome::failed;
            return (failed || !last_failed) && is_selected(selection, key, failed);
        });
    return tests == 0 ? std::nullopt : std::optional(tests * options.core.repeat);
}

Result<int> run_tests(Standing& standing, Setup& setup, history::History& history) {
    const Options& options = standing.options;
    ReportSettings reports = options.reports;
    reports.github = github_settings(standing.variables);
    auto reporters = TRY(make_reporters(reports, standing.output));
    if (options.keep_failed) {
        reporters.push_back(std::make_unique<KeepFailedReporter>(
            standing.output, standing.identity().program, standing.arguments));
    }
    if (standing.client == nullptr) {
        standing.client = TRY(start_client(options.machine, setup.directory));
    } else {
        standing.client->look_again();
    }
    const std::unique_ptr<Collector> collector =
        standing.framework.collector(define_containers(standing, setup));
    const bool last_failed =
        wants_last_failed(options.last_failed || standing.only_failed, history);
    const Planner planner({.selection = setup.selection,
                           .last_failed = last_failed,
                           .retries = options.retries,
                           .unit = options.unit.value_or(IsolationUnit::test),
                           .directives = setup.directives ? &*setup.directives : nullptr,
                           .history = &history});
    CoreSettings core = options.core;
    core.expected = expected_executions(standing, setup.selection, history, last_failed);
    TestRun run({.program = standing.identity().program,
                 .project = setup.project.root,
                 .core = core,
                 .timeout = options.timeout,
                 .slots = options.machine.slots,
                 .planner = &planner,
                 .history = &history,
                 .advise_on_units = !options.unit,
                 .capture_log = true},
                *collector, *standing.client, reporters);
    standing.current.with([&](TestRun*& one) { one = &run; });
    if (Interrupts::signal() != 0) {
        run.interrupt();
    }
    Result<int> code = run.run();
    standing.current.with([](TestRun*& one) { one = nullptr; });
    if (standing.watcher != nullptr) {
        standing.watcher->exclude(run.written_files());
    }
    return code;
}

}  // namespace

Result<sys::ProgramEnd> run_once(Standing& standing, Setup& setup) {
    const history::Place place(
        fmt::format("{}/{}", setup.directory, standing.identity().own_directory()));
    const bool list = standing.options.core.list;
    std::optional<history::Turn> turn;
    if (!list) {
        // Where the directory cannot be used the history says so.
        if (auto taken = take_turn(place)) {
            if (!*taken) {
                return sys::ProgramEnd{.signal = Interrupts::signal()};
            }
            turn.emplace(**std::move(taken));
        }
    }
    history::History history(place, list ? history::Keeping::read : history::Keeping::write);
    const int code = TRY(run_tests(standing, setup, history));
    return sys::ProgramEnd{.code = code, .signal = Interrupts::signal()};
}

}  // namespace maelstrom::runner
