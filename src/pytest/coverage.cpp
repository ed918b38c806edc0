#include "pytest/coverage.hpp"

#include "pytest/report.hpp"
#include "sys/file.hpp"
#include "util/json_text.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>

namespace maelstrom::pytest {

namespace {

namespace fs = std::filesystem;
using util::Value;

template <class Take>
void each_member(const Value* value, Take take) {
    if (value == nullptr || value->object() == nullptr) {
        return;
    }
    for (const Value::Member& member : *value->object()) {
        take(member.key, member.value);
    }
}

std::int64_t integer(const Value& value) {
    if (const auto* positive = std::get_if<std::uint64_t>(&value.data)) {
        return static_cast<std::int64_t>(*positive);
    }
    const auto* any = std::get_if<std::int64_t>(&value.data);
    return any == nullptr ? 0 : *any;
}

std::string moved(const std::string& path, const std::string& from, const std::string& to) {
    return path == from ? to : util::join_paths(to, util::path_below(path, from));
}

/// None: nobody has said that something may be written there.
std::optional<fs::path> place_of(const std::string& path, const ReportPlaces& places) {
    const std::string inside = util::normal_path(path);
    for (const NamedPlace& named : places.named) {
        if (util::is_at_or_below(inside, named.inside)) {
            return moved(inside, named.inside, named.outside);
        }
    }
    if (!util::is_at_or_below(inside, places.container_directory)) {
        return std::nullopt;
    }
    const fs::path place = moved(inside, places.container_directory, places.host_directory);
    // A link would lead away from where the container has written it.
    std::error_code error;
    const fs::path parent = fs::weakly_canonical(place.parent_path(), error);
    const fs::path project = fs::weakly_canonical(places.host_directory, error);
    const bool hidden = std::ranges::any_of(
        parent, [](const fs::path& part) { return part == ".git" || part == ".hg"; });
    return error || hidden || !util::is_at_or_below(parent.native(), project.native())
               ? std::nullopt
               : std::optional(place);
}

std::string absolute(const std::string& directory, std::string_view place) {
    return util::normal_path(util::join_paths(directory, place));
}

/// The uppermost directory that has to be made for that file.
std::optional<std::string> missing_directory(fs::path directory) {
    std::optional<std::string> missing;
    std::error_code error;
    while (!fs::exists(directory, error) && directory.has_relative_path()) {
        missing = directory.string();
        directory = directory.parent_path();
    }
    return missing;
}

util::Result<void> write(const fs::path& place, std::string_view content) {
    TRY(sys::make_directories(place.parent_path().string()));
    const sys::Fd file =
        TRY(sys::open(place.string(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666));
    return sys::write_all(file, content);
}

}  // namespace

void Coverage::add(const Value& measured) {
    const Value* arcs = measured.find("arcs");
    arcs_ = arcs_ || (arcs != nullptr && arcs->boolean() != nullptr && *arcs->boolean());
    each_member(measured.find("contexts"), [&](const std::string& context, const Value& seen) {
        auto& files = contexts_[context];
        each_member(&seen, [&](const std::string& file, const Value& numbers) {
            add_lines(numbers, files[file]);
        });
    });
    each_member(measured.find("tracers"), [&](const std::string& file, const Value& tracer) {
        if (tracer.string() != nullptr) {
            tracers_.insert_or_assign(file, *tracer.string());
        }
    });
}

void Coverage::add_lines(const Value& numbers, Lines& lines) const {
    if (numbers.array() == nullptr) {
        return;
    }
    const Value::Array& array = *numbers.array();
    Lines more;
    const std::size_t step = arcs_ ? 2 : 1;
    for (std::size_t i = 0; i + step <= array.size(); i += step) {
        more.emplace_back(integer(array[i]), arcs_ ? integer(array[i + 1]) : 0);
    }
    std::ranges::sort(more);
    Lines merged;
    merged.reserve(lines.size() + more.size());
    std::ranges::set_union(lines, more, std::back_inserter(merged));
    const auto [first, last] = std::ranges::unique(merged);
    merged.erase(first, last);
    lines = std::move(merged);
}

std::string Coverage::missing() const {
    return missing_ == 0 ? ""
                         : fmt::format("what {} process{} of tests executed is missing here: {}",
                                       missing_, missing_ == 1 ? "" : "es", reason_);
}

std::string Coverage::json() const {
    util::JsonWriter json;
    json.begin_object().key("arcs").boolean(arcs_).key("contexts").begin_object();
    for (const auto& [context, files] : contexts_) {
        json.key(context).begin_object();
        for (const auto& [file, lines] : files) {
            json.key(file).begin_array();
            for (const auto& [from, to] : lines) {
                json.number(from);
                if (arcs_) {
                    json.number(to);
                }
            }
            json.end_array();
        }
        json.end_object();
    }
    json.end_object().key("tracers").begin_object();
    for (const auto& [file, tracer] : tracers_) {
        json.key(file).string(tracer);
    }
    return json.end_object().end_object().text();
}

CoverageReport parse_coverage_report(std::string_view text) {
    CoverageReport report;
    for (const std::string_view line : util::split_lines(text)) {
        const util::Result<Value> value = util::parse_json(line);
        if (!value) {
            continue;
        }
        const Value* file = value->find("file");
        const Value* content = value->find("content");
        if (file != nullptr && file->string() != nullptr && content != nullptr &&
            content->string() != nullptr) {
            report.files.push_back(
                {.path = *file->string(), .content = bytes_of_hex(*content->string())});
        }
        const Value* shown = value->find("coverage_text");
        const Value* below = value->find("below_minimum");
        if (shown != nullptr && shown->string() != nullptr) {
            report.complete = true;
            report.text = *shown->string();
            report.text.erase(0, report.text.find_first_not_of('\n'));
            report.below_minimum =
                below != nullptr && below->boolean() != nullptr && *below->boolean();
        }
    }
    return report;
}

void name_places(ReportPlaces& places, const std::vector<std::string>& arguments) {
    constexpr std::string_view option = "--cov-report";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string_view value = arguments[i];
        if (value == option && i + 1 < arguments.size()) {
            value = arguments[++i];
        } else if (value.starts_with(option) && value.substr(option.size()).starts_with('=')) {
            value.remove_prefix(option.size() + 1);
        } else {
            continue;
        }
        const std::size_t colon = value.find(':');
        if (colon != std::string_view::npos && colon + 1 < value.size()) {
            const std::string_view place = value.substr(colon + 1);
            places.named.push_back({.inside = absolute(places.container_directory, place),
                                    .outside = absolute(places.host_directory, place)});
        }
    }
}

Written write_reports(const CoverageReport& report, const ReportPlaces& places) {
    Written written;
    for (const CoverageReport::File& file : report.files) {
        const std::optional<fs::path> place = place_of(file.path, places);
        const auto made = place ? missing_directory(place->parent_path()) : std::nullopt;
        if (!place) {
            written.complaints.push_back(
                fmt::format("{} is outside of the project and stays unwritten; "
                            "--cov-report=KIND:PLACE on the command line may name it",
                            file.path));
        } else if (const util::Result<void> done = write(*place, file.content); !done) {
            written.complaints.push_back(done.error().message());
        } else {
            written.paths.push_back(made.value_or(place->string()));
        }
    }
    return written;
}

}  // namespace maelstrom::pytest
