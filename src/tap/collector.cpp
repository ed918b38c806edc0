#include "tap/collector.hpp"

#include "host/files.hpp"
#include "runner/parts.hpp"
#include "runner/verdict.hpp"
#include "tap/command.hpp"
#include "tap/document.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <utility>

namespace maelstrom::tap {

namespace {

/// The `*.t` files at any depth, in order.
void find_scripts(const std::string& directory, std::vector<std::string>& found) {
    const host::Files files;
    for (const auto& [name, status] : files.entries_with_status(directory)) {
        const std::string path = util::join_paths(directory, name);
        if (S_ISDIR(status.st_mode)) {
            find_scripts(path, found);
        } else if (name.ends_with(".t")) {
            found.push_back(path);
        }
    }
}

runner::Case case_of(const std::string& program) {
    return {.name = std::make_shared<const ui::CaseName>(ui::CaseName{
                .display = program, .suite = program, .name = program, .file = program}),
            .address = {.artifact = program, .name = program}};
}

ui::CaseFinished part_of(const std::string& program, Point point) {
    ui::CaseFinished part;
    part.name = std::make_shared<const ui::CaseName>(
        ui::CaseName{.display = fmt::format("{} {}", program, point.name),
                     .suite = program,
                     .name = point.name,
                     .file = program});
    part.message = point.message.empty() ? std::move(point.reason) : std::move(point.message);
    if (point.directive == Point::Directive::skip && point.ok) {
        part.verdict = ui::Verdict::ignored;
    } else if (point.directive == Point::Directive::todo) {
        part.expectation =
            point.ok ? ui::Expectation::passed_unexpectedly : ui::Expectation::failed_as_expected;
    } else if (!point.ok) {
        part.verdict = ui::Verdict::failed;
        part.output = std::move(point.output);
    }
    return part;
}

/// What is wrong with the program apart from its test points; one that fails explains an exit
/// status.
std::string complaint(const Document& document, int exit_code, bool explained) {
    if (document.bail_out) {
        return fmt::format("bailed out: {}", *document.bail_out);
    }
    std::vector<std::string> mistakes = document.mistakes;
    if (exit_code != 0 && (!mistakes.empty() || !explained)) {
        mistakes.push_back(fmt::format("exit status {}", exit_code));
    }
    return fmt::format("{}", fmt::join(mistakes, "; "));
}

}  // namespace

runner::CollectionEnd TapCollector::collect(runner::Findings& findings,
                                            runner::JobRunner& /*jobs*/,
                                            std::stop_token /*stop*/) {
    const host::Files files;
    const std::string& project = settings_.defaults.project;
    std::vector<runner::Case> cases;
    std::set<std::string> seen;
    for (const std::string& given : settings_.programs) {
        const std::string path = util::normal_path(util::join_paths(project, given));
        std::vector<std::string> found;
        if (files.is_directory(path)) {
            find_scripts(path, found);
        } else if (files.exists(path)) {
            found.push_back(path);
        } else {
            return {.exit_code = 2,
                    .output = fmt::format("{}: there is no such file or directory\n", given)};
        }
        for (const std::string& file : found) {
            if (seen.insert(file).second) {
                const bool below = util::is_below(file, project);
                cases.push_back(
                    case_of(below ? std::string(util::path_below(file, project)) : file));
            }
        }
    }
    findings.found(std::move(cases));
    return {};
}

runner::JobRequest TapCollector::request(const runner::Case& test, runner::Attempt attempt) {
    runner::JobRequest request = runner::begin_request(settings_.defaults, test, attempt);
    const std::vector<std::string> words = command_of(settings_, test.address.name);
    request.job.program = words.front();
    request.job.arguments.assign(words.begin() + 1, words.end());
    return request;
}

runner::Judgement TapCollector::judge(const runner::Case& test,
                                      runner::Attempt /*attempt*/,
                                      const job::Result& result) {
    runner::Judgement judgement = runner::judge_plainly(result);
    ui::CaseFinished& program = judgement.finished;
    if (!std::holds_alternative<job::Completed>(result)) {
        return judgement;
    }
    Document document = parse(util::to_utf8(program.output));
    for (Point& point : document.points) {
        judgement.parts.push_back(part_of(test.name->display, std::move(point)));
    }
    if (!std::holds_alternative<job::Exited>(std::get<job::Completed>(result).status)) {
        return judgement;
    }
    ui::CaseFinished* failed = runner::first_failed(judgement.parts);
    program.detail = complaint(document, judgement.exit_code, failed != nullptr);
    if (!program.detail.empty()) {
        program.verdict = ui::Verdict::failed;
        judgement.exit_code = 1;
        judgement.hint = runner::common_hint(program.output + program.errors);
        return judgement;
    }
    program.verdict = document.skipped ? ui::Verdict::ignored : ui::Verdict::passed;
    program.message = document.skipped.value_or("");
    program.output = std::move(document.rest);
    if (failed != nullptr) {
        runner::fail_by_parts(judgement, "test point");
        // Where Test::More and its kin say what went wrong, for all test points.
        failed->errors = std::exchange(program.errors, "");
    }
    return judgement;
}

}  // namespace maelstrom::tap
