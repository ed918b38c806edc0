#include "history/listing.hpp"

#include "util/seconds.hpp"
#include "util/text.hpp"
#include "util/value.hpp"

namespace maelstrom::history {

namespace {

using util::fail_at;
using util::Result;
using util::Value;

constexpr std::uint64_t readable_version = 3;

Result<std::chrono::nanoseconds> duration_of(const Value& value) {
    const auto duration = util::seconds_of(value);
    if (!duration) {
        return fail_at(value.position, "found a timing that is no number of seconds");
    }
    return *duration;
}

Result<std::optional<Outcome>> outcome_of(const Value* value) {
    const std::string* word = value == nullptr ? nullptr : value->string();
    if (value == nullptr || (word != nullptr && *word == "success")) {
        return Outcome::passed;
    }
    // With timings, "new" was a failure to start.
    if (word != nullptr && (*word == "failure" || *word == "new")) {
        return Outcome::failed;
    }
    return fail_at(value->position,
                   "found an outcome other than \"success\", \"failure\" and \"new\"");
}

Result<Record> record_of(const Value& test) {
    Record record;
    if (test.object() == nullptr) {
        return fail_at(test.position, "expected a table of a test's timings and outcome");
    }
    if (const Value* timings = test.find("timings")) {
        if (timings->array() == nullptr) {
            return fail_at(timings->position, "expected a list of timings");
        }
        for (const Value& timing : *timings->array()) {
            record.durations.push_back(TRY(duration_of(timing)));
        }
    }
    const std::optional<Outcome> outcome = TRY(outcome_of(test.find("outcome")));
    if (!record.durations.empty()) {
        record.outcome = outcome;
        if (record.durations.size() > kept_durations) {
            record.durations.erase(record.durations.begin(),
                                   record.durations.end() - kept_durations);
        }
    }
    return record;
}

Result<const Value::Object*> table_of(const Value::Member& member, std::string_view what) {
    if (member.value.object() == nullptr) {
        return fail_at(member.position,
                       fmt::format("expected {} to be a table, found {}", util::quoted(member.key),
                                   member.value.type_name()) +
                           fmt::format(" ({})", what));
    }
    return member.value.object();
}

}  // namespace

Result<std::vector<std::pair<TestKey, Record>>> parse_listing(std::string_view text) {
    const Value document = TRY(util::parse_toml(text));
    const Value* version = document.find("version");
    const auto* number = version == nullptr ? nullptr : std::get_if<std::uint64_t>(&version->data);
    if (number == nullptr) {
        return fail_at({.line = 1, .column = 1}, "found no version number");
    }
    std::vector<std::pair<TestKey, Record>> tests;
    if (*number != readable_version) {
        return tests;
    }
    for (const Value::Member& package : *document.object()) {
        if (package.key == "version") {
            continue;
        }
        for (const Value::Member& artifact : *TRY(table_of(package, "a package"))) {
            for (const Value::Member& test : *TRY(table_of(artifact, "an artifact"))) {
                tests.emplace_back(
                    TestKey{.package = package.key, .artifact = artifact.key, .name = test.key},
                    TRY(record_of(test.value)));
            }
        }
    }
    return tests;
}

}  // namespace maelstrom::history
