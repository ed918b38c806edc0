#include "pytest/collection_result.hpp"

#include "pytest/text.hpp"
#include "runner/verdict.hpp"
#include "util/log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace maelstrom::pytest {

namespace {

constexpr int nothing_collected = 5;

runner::CollectionEnd
end_of(const Collection& collection, int exit_code, std::string output, const std::string& python) {
    if (collection.no_pytest) {
        return {.exit_code = 1,
                .output =
                    fmt::format("pytest is not importable by {}: activate the project's virtual "
                                "environment, or install pytest into it\n",
                                python)};
    }
    if (exit_code == nothing_collected && collection.complete) {
        return {.note = "no tests were collected"};
    }
    if (exit_code == 1 && collection.complete && collection.broken.empty()) {
        return {};  // a plugin is not content with a session that ran nothing
    }
    if (exit_code == 0 && !collection.complete) {
        return {.exit_code = 1,
                .output = "pytest ended before it had collected anything\n" + output};
    }
    return exit_code == 0
               ? runner::CollectionEnd{}
               : runner::CollectionEnd{.exit_code = exit_code, .output = std::move(output)};
}

runner::CollectionEnd failed_job(const job::Result& result) {
    const runner::Judgement judgement = runner::judge_plainly(result);
    return {.exit_code = 1,
            .output = fmt::format("collecting: {}\n{}{}", judgement.finished.detail,
                                  judgement.finished.output, judgement.finished.errors)};
}

}  // namespace

CollectionResult read_collection(const job::Result& result, const std::string& python) {
    const auto* completed = std::get_if<job::Completed>(&result);
    if (completed == nullptr) {
        return {.end = failed_job(result)};
    }
    int exit_code = 0;
    if (const auto* exited = std::get_if<job::Exited>(&completed->status)) {
        exit_code = exited->code;
    } else if (const auto* signaled = std::get_if<job::Signaled>(&completed->status)) {
        exit_code = 128 + signaled->signal;
    } else {
        return {.end = failed_job(result)};
    }
    util::Result<Collection> collection = parse_collection(completed->standard_output.head);
    if (!collection) {
        return {.end = {.exit_code = 1, .output = collection.error().message() + "\n"}};
    }
    runner::CollectionEnd end =
        end_of(*collection, exit_code, runner::text_of(completed->standard_error), python);
    return {.collection = std::move(*collection), .end = std::move(end)};
}

CollectionResult read_collection(const job::ForkPointReached& reached) {
    util::Result<Collection> collection = parse_collection(reached.standard_output.head);
    if (!collection) {
        return {.end = {.exit_code = 1, .output = collection.error().message() + "\n"}};
    }
    return {.collection = std::move(*collection)};
}

runner::CollectionEnd end_of_listing(std::span<const Broken> broken) {
    runner::CollectionEnd end{.exit_code = 1};
    for (const Broken& one : broken) {
        end.output +=
            fmt::format("{} could not be collected\n{}", one.id, failure_text(one.report));
    }
    return end;
}

void remark(const Collection& collection, bool tests_are_alone) {
    if (!collection.writes.empty()) {
        util::log::warning(
            "what {} would write is thrown away with each test's container: run pytest for it "
            "(--junit FILE writes a JUnit report)",
            fmt::join(collection.writes, " and "));
    }
    if (collection.dependent > 0 && tests_are_alone) {
        util::log::warning(
            "{} {} on others by a mark of pytest-dependency, which does not see these from a "
            "container of its own: --isolation-unit=file runs the tests of a file together",
            collection.dependent, collection.dependent == 1 ? "test depends" : "tests depend");
    }
}

}  // namespace maelstrom::pytest
