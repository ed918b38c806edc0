#include "pytest/coverage.hpp"

#include "pytest/report.hpp"
#include "util/json_text.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace maelstrom::pytest {

namespace {

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

}  // namespace maelstrom::pytest
