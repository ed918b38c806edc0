#include "pytest/cases.hpp"

#include "pytest/text.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace maelstrom::pytest {

namespace {

ui::CaseName name_of(const Item& item) {
    ui::CaseName name = case_name(item.id);
    name.line = item.line > 0 ? static_cast<std::uint32_t>(item.line) : 0;
    return name;
}

/// Below the project as its path from there; else as pytest calls it.
std::string file_in_filters(const Item& item, std::string_view directory) {
    const std::string_view file = item.file;
    if (file.starts_with(directory) && file.substr(directory.size()).starts_with('/')) {
        return std::string(file.substr(directory.size() + 1));
    }
    return item.id.substr(0, item.id.find("::"));
}

/// Gives equal texts equal numbers.
class Numbers {
public:
    std::size_t of(std::string_view text) {
        return numbers_.try_emplace(std::string(text), numbers_.size()).first->second;
    }

private:
    std::unordered_map<std::string, std::size_t> numbers_;
};

/// An id is file::Class::function[parameters].
runner::Units units_of(const Item& item, Numbers& numbers) {
    const std::string_view id = item.id;
    const std::string_view function = id.substr(0, id.find('['));
    const std::size_t end = function.rfind("::");
    return {.function = numbers.of(fmt::format("{} {}", item.file, function)),
            .of_class = numbers.of(fmt::format("{} {}", item.file, function.substr(0, end))),
            .file = numbers.of(item.file)};
}

}  // namespace

std::vector<runner::Case> cases_of(std::span<const Item> items, std::string_view directory) {
    std::vector<runner::Case> cases;
    cases.reserve(items.size());
    Numbers numbers;
    for (const Item& item : items) {
        cases.push_back(
            {.name = std::make_shared<const ui::CaseName>(name_of(item)),
             .address = {.artifact = file_in_filters(item, directory), .name = item.name},
             .markers = item.markers,
             .ignored = item.skip,
             .units = units_of(item, numbers),
             .least_unit =
                 item.needs_file ? runner::IsolationUnit::file : runner::IsolationUnit::test,
             .key = cases.size()});
    }
    return cases;
}

std::vector<runner::Case> cases_of(std::span<const Broken> broken, bool told) {
    std::vector<runner::Case> cases;
    for (const Broken& one : broken) {
        const TestReport& report = one.report;
        runner::Broken why{.message = report.message};
        (told ? why.record : why.report) = failure_text(report);
        if (!report.crash_file.empty()) {
            why.place = ui::Place{.file = report.crash_file,
                                  .line = static_cast<std::uint32_t>(report.crash_line)};
        }
        cases.push_back({.name = std::make_shared<const ui::CaseName>(case_name(one.id)),
                         .address = {.artifact = one.id.substr(0, one.id.find("::"))},
                         .broken = std::move(why)});
    }
    return cases;
}

}  // namespace maelstrom::pytest
