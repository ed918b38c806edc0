#include "pytest/fork_points.hpp"

#include "util/log.hpp"

#include <fmt/format.h>

#include <string_view>
#include <unordered_map>
#include <utility>

namespace maelstrom::pytest {

namespace {

/// Without parameters.
std::string_view function_of(std::string_view id) {
    return id.substr(0, id.find('['));
}

}  // namespace

std::vector<std::optional<std::size_t>> places_of(std::span<const Item> items,
                                                  std::span<const Item> there) {
    std::unordered_map<std::string_view, std::size_t> by_id;
    std::unordered_map<std::string_view, std::unordered_map<std::int64_t, std::size_t>> by_file;
    for (std::size_t place = 0; place < there.size(); ++place) {
        by_id.try_emplace(there[place].id, place);
        by_file[there[place].file].try_emplace(there[place].index, place);
    }
    const auto in_file = [&](const Item& item) -> std::optional<std::size_t> {
        const auto file = by_file.find(item.file);
        if (item.index < 0 || file == by_file.end()) {
            return std::nullopt;
        }
        const auto found = file->second.find(item.index);
        return found == file->second.end() ? std::nullopt : std::optional(found->second);
    };
    std::vector<std::optional<std::size_t>> places;
    places.reserve(items.size());
    for (const Item& item : items) {
        std::optional<std::size_t> place = in_file(item);
        if (!place || there[*place].id != item.id) {
            if (const auto same = by_id.find(item.id); same != by_id.end()) {
                place = same->second;
            } else if (place && (there[*place].count != item.count ||
                                 function_of(there[*place].id) != function_of(item.id))) {
                place.reset();
            }
        }
        places.push_back(place);
    }
    return places;
}

void ForkPoints::add_first(std::string container, job::JobId job) {
    points_.emplace(std::move(container), Point{.job = job, .is_first = true, .places = {}});
    ++count_;
}

ForkPoints::Claim ForkPoints::claim(const std::string& container) {
    if (points_.empty() || points_.contains(container)) {
        return Claim::none;
    }
    if (count_ == most) {
        return Claim::wait;
    }
    points_.try_emplace(container);
    ++count_;
    return Claim::make;
}

void ForkPoints::give_up(const std::string& container) {
    points_.erase(container);
    --count_;
}

void ForkPoints::forgo(const std::string& container) {
    points_.try_emplace(container);
    if (!std::exchange(full_, true)) {
        say_no_fork("each test in further containers",
                    fmt::format("processes in {} containers are in memory already", most));
    }
}

void ForkPoints::take(const std::string& container,
                      job::JobId job,
                      std::vector<std::optional<std::size_t>> places) {
    Point& point = points_.at(container);
    point.job = job;
    point.places = std::move(places);
}

void ForkPoints::refuse(const std::string& container, const std::string& reason) {
    refuse(container);
    say_no_fork(fmt::format("each test in the container {}", container), reason);
}

void ForkPoints::refuse(const std::string& /*container*/) {
    --count_;
}

std::optional<ForkPoints::Origin> ForkPoints::origin(const std::string& container,
                                                     std::size_t item) const {
    const auto found = points_.find(container);
    if (found == points_.end() || !found->second.job) {
        return std::nullopt;
    }
    const Point& point = found->second;
    const auto place = point.is_first ? std::optional(item) : point.places.at(item);
    return place ? std::optional(Origin{.point = *point.job, .place = *place}) : std::nullopt;
}

void ForkPoints::explain_process(const std::string& container, std::size_t item) {
    const auto found = points_.find(container);
    if (found == points_.end() || !found->second.job || origin(container, item)) {
        return;
    }
    if (!std::exchange(found->second.differs, true)) {
        say_no_fork(fmt::format("each test that is not found again in the container {}", container),
                    "pytest collects something else there");
    }
}

void say_no_fork(const std::string& tests, const std::string& reason) {
    util::log::info("{} gets a process of its own, which takes longer than forking it: {}", tests,
                    reason);
}

}  // namespace maelstrom::pytest
