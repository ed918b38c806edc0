#include "pytest/collector.hpp"
#include "pytest/coverage_files.hpp"
#include "runner/verdict.hpp"
#include "util/json_text.hpp"

#include <fmt/format.h>

#include <utility>

namespace maelstrom::pytest {

namespace {

constexpr const char* measured_path = "/.maelstrom/coverage.json";

std::string task_for(std::size_t failures, const std::string& directory) {
    util::JsonWriter task;
    task.begin_object().key("do").string("coverage").key("measured").string(measured_path);
    task.key("failed").number(static_cast<std::uint64_t>(failures));
    name_directory(task, directory);
    return task.end_object().text();
}

/// The end of what pytest printed says most.
std::string no_report(const job::Result& result) {
    const runner::Judgement judgement = runner::judge_plainly(result);
    return fmt::format("pytest-cov has not reported: {}\n{}", judgement.finished.detail,
                       judgement.finished.errors);
}

ReportPlaces places_of(const Settings& settings) {
    ReportPlaces places{.container_directory = settings.directory,
                        .host_directory = settings.host_directory};
    const Arguments& given = settings.arguments;
    for (const auto* arguments : {&given.everywhere, &given.tests_only, &given.selection}) {
        name_places(places, *arguments);
    }
    return places;
}

}  // namespace

runner::Conclusion PytestCollector::conclude(runner::JobRunner& jobs, std::size_t failures) {
    const std::string container = settings_.container + " with coverage";
    job::Container derived;
    derived.parent = job::ContainerParent{.name = settings_.container, .use = job::all_fields()};
    derived.layers.emplace_back(job::MadeFilesLayer{
        .files = {{.path = measured_path, .content = coverage_.json(), .mode = 0644}}});
    jobs.define(container, std::move(derived));
    runner::JobRequest request =
        python_request(collection_python(), container, arguments_for_all_tests(),
                       task_for(failures, place().directory));
    request.extras.output_limit = collection_limit;
    const job::Result result = jobs.run(std::move(request));
    const auto* completed = std::get_if<job::Completed>(&result);
    const CoverageReport report = completed == nullptr
                                      ? CoverageReport{}
                                      : parse_coverage_report(completed->standard_output.head);
    if (!report.complete) {
        return {.exit_code = 1, .report = no_report(result)};
    }
    Written written = write_reports(report, places_of(settings_));
    runner::Conclusion conclusion{.exit_code = report.below_minimum ? 1 : 0,
                                  .report = report.text,
                                  .written = std::move(written.paths)};
    if (const std::string missing = coverage_.missing(); !missing.empty()) {
        written.complaints.push_back(missing);
    }
    for (const std::string& complaint : written.complaints) {
        conclusion.report += complaint + "\n";
    }
    conclusion.exit_code = written.complaints.empty() ? conclusion.exit_code : 1;
    return conclusion;
}

}  // namespace maelstrom::pytest
