#include "runner/verdict.hpp"

#include "ui/event.hpp"

#include <fmt/format.h>

#include <string.h>

#include <array>
#include <csignal>
#include <initializer_list>

namespace maelstrom::runner {

namespace {

using ui::Verdict;

std::string signal_detail(int signal) {
    const std::string_view guess = signal == SIGKILL ? " — out of memory?" : "";
    return fmt::format("killed by {}{}", signal_name(signal), guess);
}

void judge_status(const job::Status& status, Judgement& judgement) {
    ui::CaseFinished& finished = judgement.finished;
    const auto fail = [&](Verdict verdict, std::string detail, int exit_code) {
        finished.verdict = verdict;
        finished.detail = std::move(detail);
        judgement.exit_code = exit_code;
    };
    std::visit(
        ui::Overloaded{
            [&](const job::Exited& exited) {
                if (exited.code != 0) {
                    fail(Verdict::failed, "", exited.code);
                }
            },
            [&](const job::Signaled& signaled) {
                fail(Verdict::failed, signal_detail(signaled.signal), 1);
            },
            [&](const job::TimedOut& timed_out) {
                fail(Verdict::timed_out,
                     fmt::format("timed out after {} s", timed_out.limit.count()), 1);
            },
            [&](const job::OutOfMemory& memory) {
                fail(Verdict::failed,
                     fmt::format("used more memory than its limit of {}", memory.limit.to_string()),
                     1);
            },
        },
        status);
}

void judge_not_run(const job::NotRun& not_run, Judgement& judgement) {
    std::string_view kind = "preparation error";
    if (not_run.kind == job::NotRun::Kind::execution) {
        kind = "execution error";
    } else if (not_run.kind == job::NotRun::Kind::system) {
        kind = "system error";
    }
    judgement.finished.verdict = Verdict::errored;
    judgement.finished.detail = fmt::format("{}: {}", kind, not_run.message);
    judgement.exit_code = 1;
    judgement.hint = common_hint(judgement.finished.detail);
}

bool mentions_any(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        if (text.contains(word)) {
            return true;
        }
    }
    return false;
}

}  // namespace

Judgement judge_plainly(const job::Result& result) {
    Judgement judgement;
    if (const auto* not_run = std::get_if<job::NotRun>(&result)) {
        judge_not_run(*not_run, judgement);
        return judgement;
    }
    const auto& completed = std::get<job::Completed>(result);
    judge_status(completed.status, judgement);
    ui::CaseFinished& finished = judgement.finished;
    finished.duration = completed.usage.duration;
    finished.usage = ui::Usage{.wall = completed.usage.duration,
                               .cpu_user = completed.usage.cpu_user,
                               .cpu_system = completed.usage.cpu_system,
                               .peak_memory = completed.usage.peak_memory};
    finished.output = text_of(completed.standard_output);
    finished.errors = text_of(completed.standard_error);
    return judgement;
}

void name_limits(Judgement& judgement, const job::Result& result) {
    const auto* completed = std::get_if<job::Completed>(&result);
    if (completed == nullptr || !ui::is_failure(judgement.finished.verdict) ||
        std::holds_alternative<job::OutOfMemory>(completed->status)) {
        return;
    }
    std::string& detail = judgement.finished.detail;
    const auto add = [&](std::string_view what, const std::vector<std::string>& limits) {
        if (!limits.empty()) {
            detail +=
                fmt::format("{}{}: {}", detail.empty() ? "" : "; ", what, fmt::join(limits, ", "));
        }
    };
    add("limit reached", completed->usage.limits_reached);
    add("limit probably reached", completed->usage.limits_probably_reached);
}

void name_shared_limit(Judgement& judgement,
                       const job::Result& result,
                       std::size_t tests,
                       std::optional<std::chrono::seconds> own) {
    const auto* completed = std::get_if<job::Completed>(&result);
    if (tests > 1 && own && completed != nullptr &&
        judgement.finished.verdict == Verdict::timed_out &&
        std::holds_alternative<job::TimedOut>(completed->status)) {
        judgement.finished.detail +=
            fmt::format(": {} tests share the container and their limits, of which its own is {} s",
                        tests, own->count());
    }
}

std::string text_of(const job::Output& output) {
    if (output.dropped == 0) {
        return output.head + output.tail;
    }
    const std::string_view break_before = output.head.ends_with('\n') ? "" : "\n";
    return fmt::format("{}{}[… {} bytes left out: raise inline-limit to see them …]\n{}",
                       output.head, break_before, output.dropped, output.tail);
}

std::string signal_name(int signal) {
    const char* name = ::sigabbrev_np(signal);
    return name == nullptr ? fmt::format("signal {}", signal)
                           : fmt::format("SIG{} ({})", name, signal);
}

std::optional<Hint> common_hint(std::string_view text) {
    if (mentions_any(text, {"Read-only file system", "EROFS"})) {
        return Hint{
            "read-only",
            "the test writes where its container is read-only: leave out --read-only, write "
            "enable_writable_file_system = true into a directive of the metadata file, or "
            "added_environment = { XDG_CACHE_HOME = \"/tmp\" }"};
    }
    if (mentions_any(text, {"Temporary failure in name resolution", "Name or service not known",
                            "Network is unreachable", "ENETUNREACH", "getaddrinfo failed",
                            "Connection refused", "ECONNREFUSED"})) {
        return Hint{
            "network",
            "only with network = \"local\" in a directive of the metadata file do tests reach "
            "what listens outside of their container; with \"disabled\" they reach nothing"};
    }
    if (mentions_any(text, {"error while loading shared libraries"})) {
        return Hint{"shared-library", "a shared library of the program is not in its container"};
    }
    return std::nullopt;
}

}  // namespace maelstrom::runner
