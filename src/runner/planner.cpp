#include "runner/planner.hpp"

#include "runner/collector.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace maelstrom::runner {

namespace {

constexpr std::int8_t priority_of_news = 1;

}  // namespace

bool Planner::plan(Case& test) const {
    if (test.broken) {
        return true;
    }
    const history::Record* record =
        settings_.history == nullptr ? nullptr : settings_.history->find(key_of(test));
    const bool known = record != nullptr && record->outcome;
    const bool failed = known && *record->outcome == history::Outcome::failed;
    const filter::Subject subject = subject_of(test, failed);
    if ((settings_.last_failed && !failed) ||
        settings_.selection.evaluate(subject) != filter::Truth::yes) {
        return false;
    }
    test.orders.retries = settings_.retries;
    test.orders.unit = std::max(settings_.unit, test.least_unit);
    if (settings_.directives != nullptr) {
        take_directives(test, subject);
    }
    if (test.least_unit != IsolationUnit::test) {
        test.orders.retries = 0;  // alone it would lack what those before it have made
    }
    test.orders.priority = known && !failed ? std::int8_t{0} : priority_of_news;
    test.orders.estimate = record == nullptr ? std::nullopt : record->estimate();
    return true;
}

void Planner::take_directives(Case& test, const filter::Subject& subject) const {
    const Resolution& resolution = settings_.directives->resolve(subject);
    test.orders.container = resolution.container;
    test.orders.timeout = resolution.timeout;
    test.orders.retries = resolution.retries.value_or(settings_.retries);
    test.orders.unit = std::max(resolution.unit.value_or(settings_.unit), test.least_unit);
    if (resolution.ignore && !test.ignored) {
        test.ignored = "by a directive";
    }
}

void Planner::sort(std::vector<Case>& cases) {
    // What has never been timed counts as longest.
    const auto urgency = [](const Case& test) {
        const auto longest = std::chrono::nanoseconds::max();
        return std::pair(test.orders.priority, test.orders.estimate.value_or(longest));
    };
    std::vector<std::size_t> order(cases.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        const auto of_a = urgency(cases[a]);
        const auto of_b = urgency(cases[b]);
        return of_a != of_b ? of_a > of_b : a < b;
    });
    std::vector<Case> sorted;
    sorted.reserve(cases.size());
    std::ranges::transform(order, std::back_inserter(sorted),
                           [&](std::size_t place) { return std::move(cases[place]); });
    cases = std::move(sorted);
}

filter::Subject subject_of(const Case& test, bool failed) {
    return filter::PytestSubject{.package = test.address.package,
                                 .file = test.address.artifact,
                                 .test = filter::PytestSubject::Test{.name = test.address.name,
                                                                     .node_id = test.name->display,
                                                                     .markers = test.markers},
                                 .failed = failed};
}

bool is_selected(const filter::Selection& selection, const history::TestKey& key, bool failed) {
    const std::size_t parameters = std::min(key.name.find('['), key.name.size());
    std::string id = key.artifact + "::";
    for (std::size_t i = 0; i < key.name.size(); ++i) {
        id += i < parameters && key.name[i] == '.' ? "::" : std::string(1, key.name[i]);
    }
    const filter::Subject subject = filter::PytestSubject{
        .package = key.package,
        .file = key.artifact,
        .test = filter::PytestSubject::Test{.name = key.name, .node_id = id, .markers = {}},
        .failed = failed};
    return selection.evaluate(subject) == filter::Truth::yes;
}

history::TestKey key_of(const Case& test) {
    return {.package = test.address.package,
            .artifact = test.address.artifact,
            .name = test.address.name};
}

}  // namespace maelstrom::runner
