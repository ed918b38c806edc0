#include "pytest/coverage.hpp"
#include "pytest/report.hpp"
#include "util/check.hpp"
#include "util/seconds.hpp"

#include <cstddef>
#include <cstdint>

// What the processes of tests send, who may write anything: reports, coverage, and what pytest
// collected. Durations are such that they can be added up; coverage that is told and read again is
// the same.

using namespace maelstrom;

namespace {

void check_durations(const pytest::TestReports& reports) {
    for (const auto& [place, report] : reports.by_place) {
        CHECK(!report.duration ||
              (report.duration->count() >= 0 && *report.duration <= util::longest_duration));
    }
}

void check_coverage(const std::vector<util::Value>& measured) {
    pytest::Coverage coverage;
    for (const util::Value& one : measured) {
        coverage.add(one);
    }
    const std::string text = coverage.json();
    const auto value = util::parse_json(text);
    CHECK(value.has_value());
    pytest::Coverage again;
    again.add(*value);
    CHECK(again.json() == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const pytest::TestReports reports = pytest::parse_test_reports(text);
    check_durations(reports);
    check_coverage(reports.coverage);
    for (const auto& file : pytest::parse_coverage_report(text).files) {
        CHECK(file.content.size() <= size);
    }
    const auto collection = pytest::parse_collection(text);
    CHECK(collection || collection.error().message().find("line ") != std::string::npos);
    return 0;
}
