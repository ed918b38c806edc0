#include "ui/junit.hpp"

#include "sys/file.hpp"
#include "ui/xml.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace maelstrom::ui {

namespace {

constexpr std::string_view closing_tags = "</testsuite>\n</testsuites>\n";
/// The totals are padded to this, so that they can grow in place. Less than a page, so that the
/// kernel writes them whole.
constexpr std::size_t head_size = 1024;

double seconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data())
                                                            : std::string("localhost");
}

bool is_error(const CaseFinished& finished) {
    return finished.verdict == Verdict::errored ||
           (finished.verdict == Verdict::failed && finished.in_fixture);
}

bool is_skip(const CaseFinished& finished) {
    return finished.verdict == Verdict::ignored ||
           finished.expectation == Expectation::failed_as_expected;
}

std::string_view failure_type(const CaseFinished& finished) {
    switch (finished.verdict) {
    case Verdict::timed_out:
        return "timeout";
    case Verdict::errored:
        return "not run";
    default:
        return finished.in_fixture ? "fixture" : "failure";
    }
}

std::string failure_element(const CaseFinished& finished) {
    const std::string_view tag = is_error(finished) ? "error" : "failure";
    const std::string_view message = finished.message.empty() ? finished.detail : finished.message;
    std::string body;
    if (!finished.detail.empty()) {
        body = finished.detail + "\n";
    }
    body += finished.output;
    return fmt::format("<{} type=\"{}\" message=\"{}\">{}</{}>", tag, failure_type(finished),
                       xml_attribute(message), xml_text(body), tag);
}

std::string stream_element(std::string_view tag, std::string_view text) {
    return text.empty() ? std::string() : fmt::format("<{}>{}</{}>", tag, xml_text(text), tag);
}

}  // namespace

util::Result<std::unique_ptr<JunitReporter>> JunitReporter::create(const JunitSettings& settings) {
    sys::Fd file = TRY(sys::open(settings.path, O_WRONLY | O_CREAT | O_TRUNC, 0666),
                       "creating the JUnit report");
    return std::unique_ptr<JunitReporter>(new JunitReporter(std::move(file), settings));
}

JunitReporter::JunitReporter(sys::Fd file, JunitSettings settings)
    : file_(std::move(file)), settings_(std::move(settings)), host_(host_name()) {
    start({.program = "maelstrom", .project = "", .at = std::chrono::system_clock::now()});
}

void JunitReporter::on(const Event& event) {
    std::visit(Overloaded{
                   [&](const RunStarted& started) { start(started); },
                   [&](const CaseFinished& finished) { add(finished); },
                   [&](const Summary& summary) {
                       totals_.time = summary.duration;
                       write_head();
                   },
                   [](const auto&) {},
               },
               event);
}

void JunitReporter::tick(std::chrono::steady_clock::time_point /*now*/) {
}

util::Result<void> JunitReporter::finish() {
    if (!status_) {
        status_.error().while_doing("writing the JUnit report " + settings_.path);
    }
    return status_;
}

void JunitReporter::start(const RunStarted& started) {
    program_ = started.program;
    const auto at = std::chrono::floor<std::chrono::seconds>(started.at);
    timestamp_ = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(at));
    end_ = head_size;
    write_head();
    write_at(end_, closing_tags);
}

void JunitReporter::add(const CaseFinished& finished) {
    ++totals_.tests;
    if (is_failure(finished.verdict)) {
        ++(is_error(finished) ? totals_.errors : totals_.failures);
    } else if (is_skip(finished)) {
        ++totals_.skipped;
    }
    totals_.time += finished.duration.value_or(std::chrono::nanoseconds(0));
    const std::string element = case_element(finished);
    write_at(end_, element + std::string(closing_tags));
    end_ += element.size();
    write_head();
}

void JunitReporter::write_head() {
    const std::string counts =
        fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"", totals_.tests,
                    totals_.failures, totals_.errors, seconds(totals_.time));
    std::string head = fmt::format("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                                   "<testsuites name=\"{}\" {}>\n"
                                   "<testsuite name=\"{}\" {} skipped=\"{}\" timestamp=\"{}\" "
                                   "hostname=\"{}\">",
                                   xml_attribute(program_), counts, xml_attribute(program_), counts,
                                   totals_.skipped, timestamp_, xml_attribute(host_));
    head.resize(head_size - 1, ' ');
    write_at(0, head + "\n");
}

void JunitReporter::write_at(std::uint64_t offset, std::string_view text) {
    while (!text.empty() && status_) {
        const ssize_t written =
            ::pwrite(file_.get(), text.data(), text.size(), static_cast<off_t>(offset));
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
            offset += static_cast<std::uint64_t>(written);
        } else if (errno != EINTR) {
            status_ = util::fail_errno("write");
        }
    }
}

std::string JunitReporter::case_element(const CaseFinished& finished) const {
    const CaseName& name = *finished.name;
    std::string element = fmt::format("<testcase classname=\"{}\" name=\"{}\"",
                                      xml_attribute(name.suite), xml_attribute(name.name));
    if (settings_.file_attribute && !name.file.empty()) {
        element += fmt::format(" file=\"{}\"", xml_attribute(name.file));
    }
    element += fmt::format(" time=\"{:.3f}\">",
                           seconds(finished.duration.value_or(std::chrono::nanoseconds(0))));
    if (is_failure(finished.verdict)) {
        element += failure_element(finished);
    } else if (finished.expectation == Expectation::failed_as_expected) {
        element += fmt::format("<skipped type=\"xfail\" message=\"{}\"/>",
                               xml_attribute(finished.message));
    } else if (finished.verdict == Verdict::ignored) {
        element +=
            fmt::format("<skipped type=\"skip\" message=\"{}\"/>", xml_attribute(finished.message));
    }
    element += stream_element("system-out", finished.captured_output);
    element +=
        stream_element("system-err", finished.captured_errors.empty() ? finished.errors
                                                                      : finished.captured_errors);
    return element + "</testcase>\n";
}

}  // namespace maelstrom::ui
