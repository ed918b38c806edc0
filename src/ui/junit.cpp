#include "ui/junit.hpp"

#include "ui/xml.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <array>

namespace maelstrom::ui {

namespace {

constexpr std::string_view closing_tags = "</testsuite>\n</testsuites>\n";
/// The totals are padded to this, so that they can grow in place. Less than a page, so that the
/// kernel writes them whole where that matters.
constexpr std::size_t head_size = 2048;
/// At most a third of the time goes into publishing, beside writing the results themselves; tests
/// that end faster share it.
constexpr int publishing_share = 3;

double time_of(const CaseFinished& finished) {
    return in_seconds(finished.duration.value_or(std::chrono::nanoseconds(0)));
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data())
                                                            : std::string("localhost");
}

std::string timestamp_of(std::chrono::system_clock::time_point at) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}",
                       fmt::gmtime(std::chrono::floor<std::chrono::seconds>(at)));
}

bool is_error(const CaseFinished& finished) {
    return finished.verdict == Verdict::errored ||
           (finished.verdict == Verdict::failed && finished.in_fixture);
}

bool is_skip(const CaseFinished& finished) {
    return finished.verdict == Verdict::ignored ||
           finished.expectation == Expectation::failed_as_expected;
}

/// As surefire has it: of several failed attempts the first is the failure, the others follow.
const CaseFinished& what_counts(const CaseFinished& last,
                                const std::vector<CaseFinished>& earlier) {
    const bool failed = is_failure(last.verdict) && !last.flaky;
    return failed && !earlier.empty() ? earlier.front() : last;
}

std::string_view failure_type(const CaseFinished& finished) {
    switch (finished.verdict) {
    case Verdict::timed_out:
        return "timeout";
    case Verdict::errored:
        return "not run";
    default:
        return finished.flaky ? "flaky" : finished.in_fixture ? "fixture" : "failure";
    }
}

/// The attributes of an element that says what went wrong.
std::string failure_attributes(const CaseFinished& finished) {
    const std::string_view message = finished.message.empty() ? finished.detail : finished.message;
    return fmt::format("type=\"{}\" message=\"{}\"", failure_type(finished),
                       xml_attribute(message));
}

std::string failure_text(const CaseFinished& finished) {
    return xml_text((finished.detail.empty() ? "" : finished.detail + "\n") + finished.output);
}

std::string failure_element(const CaseFinished& finished) {
    const std::string_view tag = is_error(finished) ? "error" : "failure";
    return fmt::format("<{} {}>{}</{}>", tag, failure_attributes(finished), failure_text(finished),
                       tag);
}

std::string stream_element(std::string_view tag, std::string_view text) {
    return text.empty() ? std::string() : fmt::format("<{}>{}</{}>", tag, xml_text(text), tag);
}

std::string stream_elements(const CaseFinished& finished) {
    const std::string& errors =
        finished.captured_errors.empty() ? finished.errors : finished.captured_errors;
    return stream_element("system-out", finished.captured_output) +
           stream_element("system-err", errors);
}

/// A failed attempt beside the one that counts: "flakyFailure", "rerunError", …
std::string attempt_element(std::string_view kind, const CaseFinished& attempt) {
    const std::string tag = fmt::format("{}{}", kind, is_error(attempt) ? "Error" : "Failure");
    return fmt::format("<{} {}><stackTrace>{}</stackTrace>{}</{}>\n", tag,
                       failure_attributes(attempt), failure_text(attempt), stream_elements(attempt),
                       tag);
}

std::string skip_element(const CaseFinished& finished) {
    return fmt::format("<skipped type=\"{}\" message=\"{}\"/>",
                       finished.verdict == Verdict::ignored ? "skip" : "xfail",
                       xml_attribute(finished.message));
}

std::string property(std::string_view name, const std::string& value) {
    return fmt::format("<property name=\"{}\" value=\"{}\"/>", name, xml_attribute(value));
}

std::string usage_properties(const Usage& usage) {
    std::string text =
        property("cpu_user_seconds", fmt::format("{:.3f}", in_seconds(usage.cpu_user)));
    text += property("cpu_system_seconds", fmt::format("{:.3f}", in_seconds(usage.cpu_system)));
    if (usage.peak_memory) {
        text += property("peak_memory_bytes", fmt::format("{}", usage.peak_memory->count));
    }
    return text;
}

/// Those that the test has given itself, and ours where they are wanted.
std::string test_properties(const CaseFinished& finished, bool with_ours) {
    std::string text;
    for (const auto& [name, value] : finished.properties) {
        text += fmt::format("<property name=\"{}\" value=\"{}\"/>", xml_attribute(name),
                            xml_attribute(value));
    }
    if (with_ours && finished.usage) {
        text += property("wall_seconds", fmt::format("{:.3f}", in_seconds(finished.usage->wall))) +
                usage_properties(*finished.usage);
    }
    if (with_ours && finished.attempt > 1) {
        text += property("attempts", fmt::format("{}", finished.attempt));
    }
    return text.empty() ? text : fmt::format("<properties>{}</properties>", text);
}

}  // namespace

util::Result<std::unique_ptr<JunitReporter>> JunitReporter::create(const JunitSettings& settings) {
    WholeFile file =
        settings.path == "-"
            ? WholeFile::at_end_to(STDOUT_FILENO, "", head_size, std::string(closing_tags))
            : TRY(WholeFile::create(settings.path,
                                    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites>\n"
                                    "<testsuite name=\"maelstrom\" tests=\"0\" failures=\"0\" "
                                    "errors=\"0\">",
                                    head_size, std::string(closing_tags)),
                  "creating the JUnit report");
    return std::unique_ptr<JunitReporter>(new JunitReporter(std::move(file), settings));
}

JunitReporter::JunitReporter(WholeFile file, JunitSettings settings)
    : settings_(std::move(settings)), file_(std::move(file)),
      timestamp_(timestamp_of(std::chrono::system_clock::now())), host_(host_name()) {
}

void JunitReporter::on(const Event& event) {
    std::visit(Overloaded{
                   [&](const RunStarted& started) {
                       program_ = started.program;
                       timestamp_ = timestamp_of(started.at);
                       publish();
                   },
                   [&](const AttemptFailed& attempt) {
                       attempts_[number(attempt.result.id)].push_back(attempt.result);
                   },
                   [&](const CaseFinished& finished) { add(finished); },
                   [&](const Summary& summary) {
                       add_without_result();
                       totals_.time = summary.duration;
                       file_.append(properties());
                       publish();
                   },
                   [](const auto&) {},
               },
               event);
}

void JunitReporter::tick(std::chrono::steady_clock::time_point now) {
    if (changed_ && now - published_ >= cost_ * publishing_share) {
        publish();
    }
}

util::Result<void> JunitReporter::finish() {
    if (status_) {
        file_.set_head(head());
        status_ = file_.close();
    }
    if (!status_) {
        status_.error().while_doing("writing the JUnit report " + settings_.path);
    }
    return status_;
}

void JunitReporter::add(const CaseFinished& finished) {
    const auto earlier = attempts_.extract(number(finished.id));
    write(finished, earlier ? earlier.mapped() : Attempts());
    changed_ = true;
    tick(settings_.now());
}

/// The run has ended before their next attempt did: they have failed in all that they had.
void JunitReporter::add_without_result() {
    for (auto& [id, attempts] : attempts_) {
        const CaseFinished last = std::move(attempts.back());
        attempts.pop_back();
        write(last, attempts);
    }
    attempts_.clear();
}

void JunitReporter::write(const CaseFinished& last, const Attempts& earlier) {
    const CaseFinished& counts = what_counts(last, earlier);
    count(last, counts);
    file_.append(case_element(last, counts, earlier));
}

void JunitReporter::count(const CaseFinished& last, const CaseFinished& counts) {
    ++totals_.tests;
    totals_.flaky += last.flaky ? 1U : 0U;
    if (is_failure(counts.verdict)) {
        ++(is_error(counts) ? totals_.errors : totals_.failures);
    } else if (is_skip(counts)) {
        ++totals_.skipped;
    }
    totals_.time += counts.duration.value_or(std::chrono::nanoseconds(0));
    if (last.usage) {
        totals_.usage.cpu_user += last.usage->cpu_user;
        totals_.usage.cpu_system += last.usage->cpu_system;
        if (last.usage->peak_memory > totals_.usage.peak_memory) {
            totals_.usage.peak_memory = last.usage->peak_memory;
            totals_.greediest = last.name;
        }
    }
}

void JunitReporter::publish() {
    if (!status_) {
        return;
    }
    const auto before = settings_.processor_time();
    file_.set_head(head());
    status_ = file_.publish();
    published_ = settings_.now();
    // Each result is written in full whenever that is: waiting spares only what the cheapest one
    // has cost.
    cost_ = std::min(cost_, settings_.processor_time() - before);
    changed_ = false;
}

std::string JunitReporter::head() const {
    const std::string counts =
        fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"", totals_.tests,
                    totals_.failures, totals_.errors, in_seconds(totals_.time));
    const std::string program = xml_attribute(program_);
    return fmt::format("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                       "<testsuites name=\"{}\" {}>\n"
                       "<testsuite name=\"{}\" {} skipped=\"{}\" timestamp=\"{}\" hostname=\"{}\">",
                       program, counts, program, counts, totals_.skipped, timestamp_,
                       xml_attribute(host_));
}

/// Of the whole run. They follow the tests, since only the end of the run knows them.
std::string JunitReporter::properties() const {
    std::string text = property("flaky", fmt::format("{}", totals_.flaky));
    text += usage_properties(totals_.usage);
    if (totals_.greediest) {
        text += property("peak_memory_test", totals_.greediest->display);
    }
    return fmt::format("<properties>{}</properties>\n", text);
}

std::string JunitReporter::case_element(const CaseFinished& last,
                                        const CaseFinished& counts,
                                        const Attempts& earlier) const {
    const CaseName& name = *last.name;
    std::string element = fmt::format("<testcase classname=\"{}\" name=\"{}\"",
                                      xml_attribute(name.suite), xml_attribute(name.name));
    if (settings_.file_attribute && !name.file.empty()) {
        element += fmt::format(" file=\"{}\"", xml_attribute(name.file));
        element += name.line > 0 ? fmt::format(" line=\"{}\"", name.line) : "";
    }
    element += fmt::format(" time=\"{:.3f}\">", time_of(counts));
    element += test_properties(last, settings_.test_properties);
    if (is_failure(counts.verdict)) {
        element += failure_element(counts);
    } else if (is_skip(counts)) {
        element += skip_element(counts);
    }
    const std::string_view kind = is_failure(last.verdict) ? "rerun" : "flaky";
    for (const CaseFinished& attempt : earlier) {
        element += &attempt == &counts ? "" : attempt_element(kind, attempt);
    }
    if (&counts != &last) {
        element += attempt_element(kind, last);
    }
    return element + stream_elements(counts) + "</testcase>\n";
}

}  // namespace maelstrom::ui
