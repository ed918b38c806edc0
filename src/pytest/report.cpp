#include "pytest/report.hpp"

#include "util/seconds.hpp"
#include "util/text.hpp"
#include "util/value.hpp"

#include <array>
#include <utility>

namespace maelstrom::pytest {

namespace {

using util::Value;

std::string string_of(const Value& object, std::string_view key) {
    const Value* value = object.find(key);
    const std::string* text = value == nullptr ? nullptr : value->string();
    return text == nullptr ? std::string() : *text;
}

std::int64_t integer_of(const Value& object, std::string_view key) {
    const Value* value = object.find(key);
    if (value == nullptr) {
        return 0;
    }
    if (const auto* positive = std::get_if<std::uint64_t>(&value->data)) {
        return static_cast<std::int64_t>(*positive);
    }
    const auto* any = std::get_if<std::int64_t>(&value->data);
    return any == nullptr ? 0 : *any;
}

bool is_true(const Value& object, std::string_view key) {
    const Value* value = object.find(key);
    return value != nullptr && value->boolean() != nullptr && *value->boolean();
}

std::vector<std::string> strings_of(const Value& object, std::string_view key) {
    std::vector<std::string> strings;
    const Value* list = object.find(key);
    if (list != nullptr && list->array() != nullptr) {
        for (const Value& one : *list->array()) {
            if (one.string() != nullptr) {
                strings.push_back(*one.string());
            }
        }
    }
    return strings;
}

Item item_of(const Value& object) {
    Item item{.id = string_of(object, "id"),
              .name = string_of(object, "name"),
              .file = string_of(object, "file"),
              .line = integer_of(object, "line"),
              .index = integer_of(object, "index"),
              .count = integer_of(object, "count"),
              .markers = strings_of(object, "markers")};
    item.needs_file = integer_of(object, "needs_file") != 0;
    if (const Value* skip = object.find("skip"); skip != nullptr && skip->string() != nullptr) {
        item.skip = *skip->string();
    }
    return item;
}

bool has_no_pytest(const Value& object) {
    return string_of(object, "problem") == "no pytest";
}

std::optional<std::chrono::nanoseconds> duration_of(const Value& object) {
    const Value* value = object.find("seconds");
    return value == nullptr ? std::nullopt : util::seconds_of(*value);
}

Outcome outcome_of(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, Outcome>, 9> words{{
        {"passed", Outcome::passed},
        {"failed", Outcome::failed},
        {"error", Outcome::error},
        {"skipped", Outcome::skipped},
        {"xfailed", Outcome::xfailed},
        {"xpassed", Outcome::xpassed},
        {"unfinished", Outcome::unfinished},
        {"lost", Outcome::lost},
        {"deselected", Outcome::deselected},
    }};
    for (const auto& [name, outcome] : words) {
        if (name == word) {
            return outcome;
        }
    }
    return Outcome::unfinished;
}

std::vector<std::pair<std::string, std::string>> properties_of(const Value& object) {
    std::vector<std::pair<std::string, std::string>> properties;
    const Value* list = object.find("properties");
    if (list != nullptr && list->array() != nullptr) {
        for (const Value& one : *list->array()) {
            properties.emplace_back(string_of(one, "name"), string_of(one, "value"));
        }
    }
    return properties;
}

TestReport report_of(const Value& object) {
    return {.outcome = outcome_of(string_of(object, "outcome")),
            .message = string_of(object, "message"),
            .crash_file = string_of(object, "crash_file"),
            .crash_line = integer_of(object, "crash_line"),
            .text = string_of(object, "text"),
            .captured_output = string_of(object, "out"),
            .captured_errors = string_of(object, "err"),
            .duration = duration_of(object),
            .properties = properties_of(object)};
}

}  // namespace

std::string bytes_of_hex(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    std::string bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
    }
    return bytes;
}

util::Result<Collection> parse_collection(std::string_view text) {
    Collection collection;
    std::uint32_t line_number = 0;
    for (const std::string_view line : util::split_lines(text)) {
        const Value value =
            TRY(util::parse_json(line, {++line_number, 1}), "reading pytest's collection");
        if (value.find("id") != nullptr) {
            collection.items.push_back(item_of(value));
        } else if (value.find("broken") != nullptr) {
            collection.broken.push_back(
                {.id = string_of(value, "broken"), .report = report_of(value)});
        } else if (value.find("rootdir") != nullptr) {
            collection.complete = true;
            collection.whole = is_true(value, "whole");
            collection.rootdir = string_of(value, "rootdir");
            collection.inifile = string_of(value, "inifile");
            collection.paths = strings_of(value, "paths");
            collection.most_failures = integer_of(value, "maxfail");
            collection.dependent = integer_of(value, "dependent");
            collection.writes = strings_of(value, "writes");
        } else if (value.find("compiled") != nullptr) {
            collection.compiled.push_back({.path = string_of(value, "compiled"),
                                           .source = string_of(value, "source"),
                                           .content = bytes_of_hex(string_of(value, "content"))});
        } else if (value.find("cannot_fork") != nullptr) {
            collection.cannot_fork = string_of(value, "cannot_fork");
        } else if (has_no_pytest(value)) {
            collection.no_pytest = true;
        }
    }
    return collection;
}

TestReports parse_test_reports(std::string_view text) {
    TestReports reports;
    for (const std::string_view line : util::split_lines(text)) {
        const util::Result<Value> value = util::parse_json(line);
        if (!value) {
            continue;  // cut off when the process was killed
        }
        if (has_no_pytest(*value)) {
            reports.no_pytest = true;
        }
        if (const Value* coverage = value->find("coverage")) {
            reports.coverage.push_back(*coverage);
        }
        reports.stopped = reports.stopped || value->find("stopped") != nullptr;
        if (value->find("coverage_lost") != nullptr) {
            reports.coverage_lost = string_of(*value, "coverage_lost");
        }
        if (const Value* captured = value->find("so_far")) {
            reports.so_far[static_cast<std::size_t>(integer_of(*value, "item"))] = {
                .output = string_of(*captured, "out"), .errors = string_of(*captured, "err")};
        }
        if (value->find("outcome") != nullptr) {
            reports.by_place.try_emplace(static_cast<std::size_t>(integer_of(*value, "item")),
                                         report_of(*value));
        }
    }
    return reports;
}

}  // namespace maelstrom::pytest
