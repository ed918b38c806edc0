#include "run/report.hpp"

#include "util/json_text.hpp"

#include <string_view>
#include <utility>

namespace maelstrom::run {

namespace {

using job::Completed;
using job::NotRun;

std::string prefix_of(Number number) {
    return number ? fmt::format("job {}: ", *number) : "";
}

std::string whole(job::Output& output) {
    std::string bytes = std::move(output.head);
    bytes += output.tail;
    return bytes;
}

/// Head and tail are printed without a mark between them: the output is the job's alone.
std::string loss(Number number, std::string_view stream, const job::Output& output) {
    if (output.dropped == 0) {
        return "";
    }
    return fmt::format("{}{} truncated, {} bytes lost\n", prefix_of(number), stream,
                       output.dropped);
}

struct StatusText {
    bool alone;  ///< the program's own end says the rest

    std::string operator()(const job::Exited& status) const {
        return status.code == 0 || alone ? "" : fmt::format("exited with code {}", status.code);
    }
    std::string operator()(const job::Signaled& status) const {
        return alone ? "" : fmt::format("killed by signal {}", status.signal);
    }
    std::string operator()(const job::TimedOut&) const { return "timed out"; }
    std::string operator()(const job::OutOfMemory& status) const {
        return fmt::format("out of memory (limit {})", status.limit.to_string());
    }
};

/// Something that did not end well and met its limits probably did so because of them.
std::string limits_text(Number number, const job::Usage& usage) {
    std::string text;
    const auto add = [&](const char* what, const std::vector<std::string>& limits) {
        if (!limits.empty()) {
            text += fmt::format("{}{}: {}\n", prefix_of(number), what, fmt::join(limits, ", "));
        }
    };
    add("limit reached", usage.limits_reached);
    add("limit probably reached", usage.limits_probably_reached);
    return text;
}

Report completed_report(Number number, Completed& completed) {
    Report report;
    report.errors = loss(number, "stdout", completed.standard_output);
    const std::string lost_errors = loss(number, "stderr", completed.standard_error);
    report.output = whole(completed.standard_output);
    report.errors += whole(completed.standard_error);
    report.errors += lost_errors;
    const std::string status = std::visit(StatusText{!number.has_value()}, completed.status);
    if (!status.empty()) {
        report.errors += fmt::format("{}{}\n", prefix_of(number), status);
    }
    if (completed.status != job::Status(job::Exited{0})) {
        report.errors += limits_text(number, completed.usage);
    }
    return report;
}

std::string_view kind_name(NotRun::Kind kind) {
    switch (kind) {
    case NotRun::Kind::preparation:
        return "preparation";
    case NotRun::Kind::execution:
        return "execution";
    case NotRun::Kind::system:
        return "system";
    }
    return "system";
}

Report not_run_report(Number number, const NotRun& not_run) {
    if (!number && not_run.kind == NotRun::Kind::preparation) {
        return {"", fmt::format("Error: {}\n", not_run.message)};
    }
    return {"", fmt::format("{}{} error: {}\n", prefix_of(number), kind_name(not_run.kind),
                            not_run.message)};
}

void write_status(util::JsonWriter& json, const job::Status& status) {
    json.begin_object();
    if (const auto* exited = std::get_if<job::Exited>(&status)) {
        json.key("exited").number(exited->code);
    } else if (const auto* signaled = std::get_if<job::Signaled>(&status)) {
        json.key("signaled").number(signaled->signal);
    } else if (const auto* timed_out = std::get_if<job::TimedOut>(&status)) {
        json.key("timed_out").number(static_cast<std::int64_t>(timed_out->limit.count()));
    } else if (const auto* out_of_memory = std::get_if<job::OutOfMemory>(&status)) {
        json.key("out_of_memory").number(out_of_memory->limit.count);
    }
    json.end_object();
}

void write_output(util::JsonWriter& json, const std::string& stream, const job::Output& output) {
    json.key(stream).bytes(output.head + output.tail);
    if (output.dropped > 0) {
        json.key(stream + "_lost").number(output.dropped);
    }
}

template <class Duration>
double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

void write_limits(util::JsonWriter& json,
                  std::string_view key,
                  const std::vector<std::string>& limits) {
    if (limits.empty()) {
        return;
    }
    json.key(key).begin_array();
    for (const std::string& limit : limits) {
        json.string(limit);
    }
    json.end_array();
}

void write_usage(util::JsonWriter& json, const job::Usage& usage) {
    json.key("duration").number(seconds(usage.duration));
    json.key("cpu_user").number(seconds(usage.cpu_user));
    json.key("cpu_system").number(seconds(usage.cpu_system));
    if (usage.peak_memory) {
        json.key("peak_memory").number(usage.peak_memory->count);
    }
    if (usage.cpu_throttled) {
        json.key("cpu_throttled").number(seconds(*usage.cpu_throttled));
    }
    write_limits(json, "limits_reached", usage.limits_reached);
    write_limits(json, "limits_probably_reached", usage.limits_probably_reached);
}

}  // namespace

Report text_report(Number number, job::Result result) {
    if (auto* completed = std::get_if<Completed>(&result)) {
        return completed_report(number, *completed);
    }
    return not_run_report(number, std::get<NotRun>(result));
}

Report json_report(std::uint32_t number, const job::Result& result) {
    util::JsonWriter json;
    json.begin_object().key("job").number(number).key("status");
    if (const auto* completed = std::get_if<Completed>(&result)) {
        write_status(json, completed->status);
        write_output(json, "stdout", completed->standard_output);
        write_output(json, "stderr", completed->standard_error);
        write_usage(json, completed->usage);
    } else {
        const auto& not_run = std::get<NotRun>(result);
        json.begin_object().key("error").begin_object();
        json.key("kind").string(kind_name(not_run.kind)).key("message").string(not_run.message);
        json.end_object().end_object();
    }
    json.end_object();
    return {json.text() + '\n', ""};
}

sys::ProgramEnd plain_end(const job::Result& result) {
    const auto* completed = std::get_if<Completed>(&result);
    const auto* exited =
        completed == nullptr ? nullptr : std::get_if<job::Exited>(&completed->status);
    return {exited == nullptr ? 1 : exited->code, 0};
}

sys::ProgramEnd mimicked_end(const job::Result& result) {
    const auto* completed = std::get_if<Completed>(&result);
    const auto* signaled =
        completed == nullptr ? nullptr : std::get_if<job::Signaled>(&completed->status);
    return signaled == nullptr ? plain_end(result) : sys::ProgramEnd{1, signaled->signal};
}

}  // namespace maelstrom::run
