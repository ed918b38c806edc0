#include "ui/github.hpp"

#include "sys/file.hpp"
#include "ui/github_commands.hpp"
#include "ui/github_summary.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>

namespace maelstrom::ui {

namespace {

/// GitHub shows so many of one step.
constexpr std::size_t most_annotations = 10;
constexpr std::size_t most_in_full = 50;
constexpr std::size_t slowest_tests = 10;
/// Of what GitHub takes (1 MiB for a step, which may have other commands).
constexpr std::size_t summary_limit = 1'000'000;
std::size_t size_of(const std::string& path) {
    const auto status = sys::fstatat(AT_FDCWD, path);
    return status ? static_cast<std::size_t>(status->st_size) : 0;
}

}  // namespace

GithubReporter::GithubReporter(Output& output, GithubSettings settings)
    : output_(output), settings_(std::move(settings)), slowest_(slowest_tests) {
}

void GithubReporter::on(const Event& event) {
    std::visit(Overloaded{
                   [&](const RunStarted& started) {
                       program_ = started.program;
                       project_ = started.project;
                   },
                   [&](const CaseFinished& finished) {
                       slowest_.add(finished);
                       if (is_failure(finished.verdict) && failures_.size() < most_in_full) {
                           failures_.push_back(finished);
                       }
                   },
                   [&](const Summary& summary) { summary_ = summary; },
                   [](const auto&) {},
               },
               event);
}

void GithubReporter::tick(std::chrono::steady_clock::time_point /*now*/) {
}

util::Result<void> GithubReporter::finish() {
    if (!summary_) {
        return {};
    }
    const std::size_t annotated = std::min(failures_.size(), most_annotations);
    for (std::size_t i = 0; i < annotated; ++i) {
        output_.write(github_error(failures_[i], project_, settings_.workspace));
    }
    if (summary_->failed > annotated) {
        output_.write(fmt::format("GitHub shows {} annotations of a step: {} more failures are in "
                                  "the log and in the step's summary.\n",
                                  most_annotations, summary_->failed - annotated));
    }
    if (settings_.summary_path.empty()) {
        return {};
    }
    const std::size_t used = size_of(settings_.summary_path);
    const std::size_t limit = used < summary_limit ? summary_limit - used : 0;
    const sys::Fd file = TRY(sys::open(settings_.summary_path, O_WRONLY | O_CREAT | O_APPEND, 0666),
                             "writing the step's summary for GitHub");
    return sys::write_all(file, github_summary(program_, *summary_, failures_, slowest_, limit));
}

}  // namespace maelstrom::ui
