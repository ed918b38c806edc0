#include "runner/inspect.hpp"

#include "runner/keep_failed.hpp"
#include "runner/lookup.hpp"
#include "runner/planner.hpp"
#include "terminal/run_on_terminal.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace maelstrom::runner {

using util::Result;

namespace {

/// The user's own shell where it is in the container.
constexpr const char* start_a_shell =
    R"(for shell in "$SHELL" /bin/bash; do [ -x "$shell" ] && exec "$shell"; done; exec /bin/sh)";

/// Runs a collector's jobs one by one in this thread, and keeps what it finds.
class DirectJobs final : public JobRunner, public Findings {
public:
    DirectJobs(client::Client& client, sys::SignalQueue& signals)
        : client_(client), signals_(signals) {}

    job::Result run(JobRequest request) override {
        using std::chrono::steady_clock;
        const job::JobId id = client_.submit(std::move(request.job), std::move(request.extras));
        for (;;) {
            auto event = client_.next(steady_clock::now() + std::chrono::milliseconds(100));
            if (auto* done = event ? std::get_if<client::Finished>(&*event) : nullptr;
                done != nullptr && done->id == id) {
                return std::move(done->result);
            }
            while (const std::optional<int> signal = signals_.take()) {
                handle(*signal);
            }
        }
    }
    ForkPointOrResult run_to_fork_point(JobRequest request) override {
        return run(std::move(request));
    }
    void end(job::JobId fork_point) override { client_.cancel(fork_point); }
    void define(std::string name, job::Container container) override {
        client_.define(name, std::move(container));
    }
    void found(std::vector<Case> found) override {
        std::ranges::move(found, std::back_inserter(cases));
        std::erase_if(cases, [](const Case& test) { return test.broken.has_value(); });
    }
    void phase(std::string /*text*/) override {}

    std::vector<Case> cases;

private:
    static void handle(int signal) {
        if (signal == SIGTSTP) {
            sys::suspend();
        } else if (signal != SIGWINCH && signal != SIGCONT) {
            sys::die_of(signal);
        }
    }

    client::Client& client_;
    sys::SignalQueue& signals_;
};

std::string command_line(const job::Job& job) {
    std::string line = shell_quoted(job.program);
    for (const std::string& argument : job.arguments) {
        line += " " + shell_quoted(argument);
    }
    return line;
}

/// The container of the case, ready for its job.
void choose_container(Case& test,
                      Directives* directives,
                      Collector& collector,
                      client::Client& client) {
    const Planner planner({.selection = {}, .directives = directives});
    planner.plan(test);
    if (test.orders.container) {
        for (job::NamedContainer& named : collector.definitions(*test.orders.container)) {
            client.define(named.name, std::move(named.container));
        }
    }
}

Result<JobRequest> request_for(Inspection kind, const Case& test, Collector& collector) {
    if (kind == Inspection::shell) {
        return collector.request_by_hand(test);
    }
    std::optional<JobRequest> request = collector.debug_request(test);
    if (!request) {
        return util::fail(util::ErrorKind::invalid,
                          "these tests have no debugger; --shell={} opens "
                          "a shell where the test runs",
                          shell_quoted(test.name->display));
    }
    return *std::move(request);
}

}  // namespace

Result<job::Status> inspect(const InspectSettings& settings,
                            Collector& collector,
                            client::Client& client,
                            sys::SignalQueue signals,
                            ui::Output& output) {
    DirectJobs jobs(client, signals);
    const CollectionEnd end = collector.collect(jobs, jobs, {});
    if (end.exit_code != 0 && jobs.cases.empty()) {
        output.write(end.output);
        TRY(output.status());
        return job::Status{job::Exited{end.exit_code}};
    }
    Case test = *TRY(find_case(jobs.cases, settings.test));
    choose_container(test, settings.directives, collector, client);
    JobRequest request = TRY(request_for(settings.kind, test, collector));
    request.job.timeout.reset();
    if (settings.kind == Inspection::shell) {
        output.write(fmt::format("This is where {} runs; what you change is thrown away. Its "
                                 "command:\n\n    {}\n\n",
                                 test.name->display, command_line(request.job)));
        request.job.program = "/bin/sh";
        request.job.arguments = {"-c", start_a_shell};
    }
    TRY(output.status());
    const job::Result result =
        TRY(terminal::run_on_terminal(client, std::move(request.job), std::move(request.extras),
                                      std::move(signals), {.program = settings.program}));
    if (const auto* not_run = std::get_if<job::NotRun>(&result)) {
        return util::fail(util::ErrorKind::system, "{}", not_run->message);
    }
    const job::Status status = std::get<job::Completed>(result).status;
    if (settings.kind == Inspection::debugger && status == job::Status{job::Exited{0}}) {
        output.write(
            fmt::format("{} did not fail: there was nothing to stop at\n", test.name->display));
        TRY(output.status());
    }
    return status;
}

}  // namespace maelstrom::runner
