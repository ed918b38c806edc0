#include "ui/events.hpp"

#include "sys/file.hpp"
#include "sys/standard_streams.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

namespace maelstrom::ui {

namespace {

using util::JsonWriter;

/// Of the lines' format. Members may be added under the same number; readers skip what they do not
/// know.
constexpr int format_version = 1;

std::string time_text(std::chrono::system_clock::time_point at) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(at);
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(at - whole).count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(whole), rest);
}

std::string_view word_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::passed:
        return "passed";
    case Verdict::failed:
        return "failed";
    case Verdict::timed_out:
        return "timed_out";
    case Verdict::errored:
        return "errored";
    case Verdict::ignored:
        return "ignored";
    }
    return "";
}

std::string_view word_of(Expectation expectation) {
    switch (expectation) {
    case Expectation::ordinary:
        return "ordinary";
    case Expectation::failed_as_expected:
        return "failed_as_expected";
    case Expectation::passed_unexpectedly:
        return "passed_unexpectedly";
    }
    return "";
}

std::string_view word_of(NotRun::Kind kind) {
    switch (kind) {
    case NotRun::Kind::exact:
        return "exact";
    case NotRun::Kind::about:
        return "about";
    case NotRun::Kind::more_than:
        return "more_than";
    case NotRun::Kind::unknown:
        return "unknown";
    }
    return "";
}

std::string_view word_of(util::log::Level level) {
    switch (level) {
    case util::log::Level::debug:
        return "debug";
    case util::log::Level::info:
        return "info";
    case util::log::Level::warning:
        return "warning";
    case util::log::Level::error:
        return "error";
    }
    return "";
}

/// What is empty is left out.
void write_text(JsonWriter& json, std::string_view key, std::string_view text) {
    if (!text.empty()) {
        json.key(key).string(text);
    }
}

void write_name(JsonWriter& json, const CaseName& name) {
    json.key("test").begin_object();
    json.key("display").string(name.display);
    json.key("suite").string(name.suite);
    json.key("name").string(name.name);
    write_text(json, "file", name.file);
    if (name.line > 0) {
        json.key("line").number(name.line);
    }
    json.end_object();
}

void write_place(JsonWriter& json, const Place& place) {
    json.key("place").begin_object().key("file").string(place.file);
    if (place.line > 0) {
        json.key("line").number(place.line);
    }
    json.end_object();
}

void write_usage(JsonWriter& json, const Usage& usage) {
    json.key("usage").begin_object();
    json.key("wall").number(in_seconds(usage.wall));
    json.key("cpu_user").number(in_seconds(usage.cpu_user));
    json.key("cpu_system").number(in_seconds(usage.cpu_system));
    if (usage.peak_memory) {
        json.key("peak_memory").number(usage.peak_memory->count);
    }
    json.end_object();
}

void write_outputs(JsonWriter& json, const CaseFinished& finished) {
    write_text(json, "output", finished.output);
    write_text(json, "errors", finished.errors);
    if (finished.captured_output != finished.output) {
        write_text(json, "captured_output", finished.captured_output);
    }
    if (finished.captured_errors != finished.errors) {
        write_text(json, "captured_errors", finished.captured_errors);
    }
}

void write_result(JsonWriter& json, std::string_view event, const CaseFinished& finished) {
    json.key("event").string(event).key("id").number(number(finished.id));
    write_name(json, *finished.name);
    json.key("attempt").number(finished.attempt).key("attempts").number(finished.attempts);
    json.key("verdict").string(word_of(finished.verdict));
    json.key("expectation").string(word_of(finished.expectation));
    json.key("flaky").boolean(finished.flaky).key("in_fixture").boolean(finished.in_fixture);
    write_text(json, "detail", finished.detail);
    write_text(json, "message", finished.message);
    if (finished.place) {
        write_place(json, *finished.place);
    }
    if (finished.duration) {
        json.key("duration").number(in_seconds(*finished.duration));
    }
    if (finished.usage) {
        write_usage(json, *finished.usage);
    }
    write_outputs(json, finished);
    write_text(json, "hint", finished.hint);
}

void write_lists(JsonWriter& json, const Summary& summary) {
    json.key("failures").begin_array();
    for (const Summary::Failure& failure : summary.failures) {
        json.begin_object().key("test").string(failure.name->display);
        json.key("failed").number(static_cast<std::uint64_t>(failure.failed));
        json.key("runs").number(static_cast<std::uint64_t>(failure.runs)).end_object();
    }
    json.end_array().key("flaky_tests").begin_array();
    for (const Summary::Flaky& flaky : summary.flaky_cases) {
        json.begin_object().key("test").string(flaky.name->display);
        json.key("flaky").number(static_cast<std::uint64_t>(flaky.flaky));
        json.key("runs").number(static_cast<std::uint64_t>(flaky.runs));
        json.key("attempts").number(flaky.attempts).end_object();
    }
    json.end_array().key("ignored_tests").begin_array();
    for (const Summary::Ignored& ignored : summary.ignored_cases) {
        json.begin_object().key("test").string(ignored.name->display);
        write_text(json, "reason", ignored.reason);
        json.end_object();
    }
    json.end_array();
}

void write_summary(JsonWriter& json, const Summary& summary) {
    const auto count = [&](std::string_view key, std::size_t value) {
        json.key(key).number(static_cast<std::uint64_t>(value));
    };
    json.key("event").string("run_finished");
    count("passed", summary.passed);
    count("failed", summary.failed);
    count("ignored", summary.ignored);
    count("flaky", summary.flaky);
    write_lists(json, summary);
    if (summary.not_run) {
        json.key("not_run").begin_object().key("kind").string(word_of(summary.not_run->kind));
        if (summary.not_run->kind != NotRun::Kind::unknown) {
            count("count", summary.not_run->count);
        }
        json.end_object();
    }
    json.key("duration").number(in_seconds(summary.duration));
    json.key("exit_code").number(summary.exit_code);
    write_text(json, "note", summary.note);
}

}  // namespace

void write_event(JsonWriter& json, const Event& event) {
    const auto name = [&](std::string_view word) -> JsonWriter& {
        return json.key("event").string(word);
    };
    std::visit(Overloaded{
                   [&](const RunStarted& started) {
                       name("run_started").key("format").number(format_version);
                       json.key("program").string(started.program);
                       json.key("project").string(started.project);
                       json.key("listing").boolean(started.listing);
                   },
                   [&](const PhaseChanged& phase) { name("phase").key("text").string(phase.text); },
                   [&](const TotalExpected& total) {
                       name("total_expected").key("count").number(std::uint64_t{total.count});
                   },
                   [&](const CaseQueued& queued) {
                       name("queued").key("id").number(number(queued.id));
                       write_name(json, *queued.name);
                   },
                   [&](const CasePending& pending) {
                       name("pending").key("id").number(number(pending.id));
                   },
                   [&](const CaseStarted& started) {
                       name("started").key("id").number(number(started.id));
                       json.key("attempt").number(started.attempt);
                   },
                   [&](const AttemptFailed& attempt) {
                       write_result(json, "attempt_failed", attempt.result);
                   },
                   [&](const CaseFinished& finished) { write_result(json, "finished", finished); },
                   [&](const QueuingFinished&) { name("queuing_finished"); },
                   [&](const CaseListed& listed) {
                       name("listed");
                       write_name(json, *listed.name);
                   },
                   [&](const CollectionOutput& collection) {
                       name("collection_output").key("text").string(collection.text);
                   },
                   [&](const ClosingReport& report) {
                       name("closing_report").key("text").string(report.text);
                   },
                   [&](const LogWritten& log) {
                       name("log").key("level").string(word_of(log.level));
                       json.key("text").string(log.text);
                   },
                   [&](const Summary& summary) { write_summary(json, summary); },
               },
               event);
}

util::Result<std::unique_ptr<EventsReporter>>
EventsReporter::create(const EventsSettings& settings) {
    sys::Fd file =
        settings.path == "-"
            ? sys::Fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3))
            : TRY(sys::open(settings.path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666),
                  "creating the file of events");
    return std::unique_ptr<EventsReporter>(new EventsReporter(std::move(file), settings));
}

void EventsReporter::on(const Event& event) {
    if (!status_) {
        return;
    }
    json_.clear();
    json_.begin_object().key("time").string(time_text(settings_.now()));
    write_event(json_, event);
    json_.end_object();
    status_ = sys::write_whole(file_.get(), json_.text() + "\n", "the events " + settings_.path);
}

void EventsReporter::tick(std::chrono::steady_clock::time_point /*now*/) {
}

util::Result<void> EventsReporter::finish() {
    return status_;
}

}  // namespace maelstrom::ui
