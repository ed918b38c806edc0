#include "run/single_job.hpp"

#include "run/host_job.hpp"
#include "run/input_file.hpp"
#include "run/input_reader.hpp"
#include "run/live_output.hpp"
#include "run/printer.hpp"
#include "run/start_client.hpp"
#include "terminal/run_on_terminal.hpp"

#include <unistd.h>

#include <utility>

namespace maelstrom::run {

using util::Result;

namespace {

/// Of a program whose output is what the user wants, more is kept than of a job among many.
constexpr util::Bytes host_output_limit{64U << 20U};

/// One job and what must be defined for it.
struct Single {
    std::vector<job::NamedContainers> containers;
    job::Job job;
    client::Extras extras;
};

Result<Single> single_in_host(const Options& options, const config::Surroundings& surroundings) {
    Single single;
    single.job = TRY(host_job(options, surroundings));
    single.extras.host_name = true;
    if (!options.inline_limit_given) {
        single.extras.output_limit = host_output_limit;
    }
    return single;
}

Result<Single> single_from_input(const Options& options) {
    const InputFile input = TRY(InputFile::open(options));
    const auto program = options.command.empty() ? job::Program::required : job::Program::optional;
    FirstJob first = TRY(read_first_job(input.fd(), program));
    if (!options.command.empty()) {
        first.job.program = options.command.front();
        first.job.arguments.assign(options.command.begin() + 1, options.command.end());
    }
    return Single{
        .containers = std::move(first.containers), .job = std::move(first.job), .extras = {}};
}

Result<Single> read_single(const Options& options, const config::Surroundings& surroundings) {
    return options.in_host ? single_in_host(options, surroundings) : single_from_input(options);
}

void define_all(client::Client& client, std::vector<job::NamedContainers>& sets) {
    for (job::NamedContainers& set : sets) {
        for (job::NamedContainer& named : set) {
            client.define(named.name, std::move(named.container));
        }
    }
}

job::Result wait_for_result(client::Client& client) {
    for (;;) {
        if (auto event = client.next(std::chrono::steady_clock::now() + std::chrono::hours(1))) {
            if (auto* finished = std::get_if<client::Finished>(&*event)) {
                return std::move(finished->result);
            }
        }
    }
}

Result<sys::ProgramEnd> end_with(const Options& options, job::Result result) {
    const sys::ProgramEnd end = mimicked_end(result);
    const Report report = options.format == Format::json ? json_report(0, result)
                                                         : text_report({}, std::move(result));
    TRY(Printer(STDOUT_FILENO, STDERR_FILENO).print(report));
    return end;
}

}  // namespace

Result<sys::ProgramEnd> run_one(const Options& options, const config::Surroundings& surroundings) {
    Single single = TRY(read_single(options, surroundings));
    std::optional<LiveOutput> live;
    if (options.in_host && options.format == Format::text) {
        live = TRY(LiveOutput::open(STDOUT_FILENO, STDERR_FILENO));
        single.extras.output_to = live->descriptors();
    }
    const std::unique_ptr<client::Client> client = TRY(start_client(options, surroundings));
    define_all(*client, single.containers);
    client->submit(std::move(single.job), std::move(single.extras));
    return end_with(options, live ? TRY(live->follow(*client)) : wait_for_result(*client));
}

Result<sys::ProgramEnd> run_on_our_terminal(const Options& options,
                                            const config::Surroundings& surroundings) {
    if (const std::optional<std::string> missing = terminal::missing_terminal("--tty")) {
        TRY(Printer(STDOUT_FILENO, STDERR_FILENO)
                .print({"", fmt::format("error: {}\n", *missing)}));
        return sys::ProgramEnd{.code = 1};
    }
    Single single = TRY(read_single(options, surroundings));
    sys::SignalQueue signals = TRY(terminal::block_terminal_signals());
    const std::unique_ptr<client::Client> client = TRY(start_client(options, surroundings));
    define_all(*client, single.containers);
    return end_with(
        options, TRY(terminal::run_on_terminal(
                     *client, std::move(single.job), std::move(single.extras), std::move(signals),
                     {.program = "maelstrom-run", .escape = options.escape})));
}

}  // namespace maelstrom::run
