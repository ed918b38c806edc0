#include "run/run.hpp"

#include "client/client.hpp"
#include "run/host_job.hpp"
#include "run/input_reader.hpp"
#include "run/interrupts.hpp"
#include "run/live_output.hpp"
#include "run/printer.hpp"
#include "run/session.hpp"
#include "sys/file.hpp"
#include "sys/signals.hpp"
#include "sys/terminal.hpp"
#include "terminal/session.hpp"
#include "util/guarded.hpp"
#include "util/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>
#include <utility>

namespace maelstrom::run {

using util::Result;

namespace {

/// Of a program whose output is what the user wants, more is kept than of a job among many.
constexpr util::Bytes host_output_limit{64U << 20U};

auto long_from_now() {
    return std::chrono::steady_clock::now() + std::chrono::hours(1);
}

Terminal terminal_of(const Options& options) {
    return options.mode == Mode::terminal ? Terminal::yes : Terminal::no;
}

Result<std::unique_ptr<client::Client>> start_client(const Options& options,
                                                     const config::Surroundings& surroundings) {
    const auto host = [&options, &surroundings] {
        return make_host(options.host, surroundings, terminal_of(options));
    };
    return client::Client::start({.project_directory = TRY(sys::current_directory()),
                                  .store_directory = options.cache_root + "/store/v1",
                                  .cache_size = options.cache_size,
                                  .slots = options.slots,
                                  .inline_limit = options.inline_limit,
                                  .host_container = host,
                                  .on_project = warn_if_large});
}

/// Where specifications come from: the file, if one was given, else standard input.
class InputFile {
public:
    static Result<InputFile> open(const Options& options) {
        InputFile input;
        if (options.file) {
            input.file_ = TRY(sys::open(*options.file, O_RDONLY));
        }
        return input;
    }
    int fd() const { return file_ ? file_.get() : STDIN_FILENO; }

private:
    sys::Fd file_;
};

// ----------------------------------------------------------------------------------------------
// many jobs

class Stream {
public:
    Stream(const Options& options, client::Client& client)
        : client_(client), slots_(options.slots),
          session_(client, {options.jobs_in_flight, options.format}) {}

    Result<End> run(int input, const Interrupts& interrupts) {
        const auto reader = TRY(InputReader::start(input, [this] { client_.interrupt(); }));
        for (;;) {
            TRY(take_input(*reader));
            if (interrupts.signal() != 0) {
                TRY(print_what_has_finished());
                session_.cancel();
                return End{1, interrupts.signal()};
            }
            if (session_.done()) {
                return End{session_.exit_code(), 0};
            }
            if (auto event = next_event()) {
                TRY(take_event(*std::move(event)));
            }
        }
    }

private:
    /// While many more jobs wait than can run, results are collected a millisecond's worth at a
    /// time: to wake up for each would cost the jobs a fifth of the processors.
    std::optional<client::Event> next_event() {
        constexpr std::size_t many = 16;
        if (session_.in_flight() < many * slots_) {
            return client_.next(long_from_now());
        }
        auto event = client_.next(std::chrono::steady_clock::now());
        if (!event) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return event;
    }

    Result<void> take_input(InputReader& reader) {
        while (session_.wants_input()) {
            std::optional<InputReader::Item> item = reader.take();
            if (!item) {
                break;
            }
            if (auto* object = std::get_if<InputReader::Object>(&*item)) {
                session_.on_input(std::move(object->input), object->arrived);
            } else if (const auto* error = std::get_if<util::Error>(&*item)) {
                TRY(printer_.print(session_.on_input_error(*error)));
            } else {
                session_.on_input_end();
            }
        }
        return {};
    }

    Result<void> take_event(client::Event event) {
        if (auto* finished = std::get_if<client::Finished>(&event)) {
            TRY(printer_.print(session_.on_finished(finished->id, std::move(finished->result))));
        }
        return {};
    }

    Result<void> print_what_has_finished() {
        while (auto event = client_.next(std::chrono::steady_clock::now())) {
            TRY(take_event(*std::move(event)));
        }
        return {};
    }

    client::Client& client_;
    const unsigned slots_;
    Session session_;
    Printer printer_{STDOUT_FILENO, STDERR_FILENO};
};

Result<End> run_stream(const Options& options, const config::Surroundings& surroundings) {
    const InputFile input = TRY(InputFile::open(options));
    if (sys::is_terminal(input.fd())) {
        util::log::info("reading job specifications (JSON) from the terminal up to ^D; see "
                        "maelstrom-run --help for other ways");
    }
    // Before any thread is started, so that none of them takes a signal.
    constexpr std::array ending{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sys::SignalQueue signals = TRY(sys::SignalQueue::block(ending));
    // Outlives the client, whose end may take a while: a second signal must end that, too.
    util::Guarded<client::Client*> running(nullptr);
    const auto interrupts = TRY(Interrupts::watch(std::move(signals), [&running] {
        running.with([](client::Client* client) {
            if (client != nullptr) {
                client->interrupt();
            }
        });
    }));
    const std::unique_ptr<client::Client> client = TRY(start_client(options, surroundings));
    running.with([&](client::Client*& it) { it = client.get(); });
    auto end = Stream(options, *client).run(input.fd(), *interrupts);
    running.with([](client::Client*& it) { it = nullptr; });
    return end;
}

// ----------------------------------------------------------------------------------------------
// one job

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
    return Single{std::move(first.containers), std::move(first.job), {}};
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
        if (auto event = client.next(long_from_now())) {
            if (auto* finished = std::get_if<client::Finished>(&*event)) {
                return std::move(finished->result);
            }
        }
    }
}

Result<End> end_with(const Options& options, job::Result result) {
    const End end = mimicked_end(result);
    const Report report = options.format == Format::json ? json_report(0, result)
                                                         : text_report({}, std::move(result));
    TRY(Printer(STDOUT_FILENO, STDERR_FILENO).print(report));
    return end;
}

Result<End> run_one(const Options& options, const config::Surroundings& surroundings) {
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

Result<End> run_terminal(const Options& options, const config::Surroundings& surroundings) {
    if (const std::optional<std::string> missing = terminal::missing_terminal("--tty")) {
        TRY(Printer(STDOUT_FILENO, STDERR_FILENO)
                .print({"", fmt::format("error: {}\n", *missing)}));
        return End{1, 0};
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

Result<End> list_project_files(const Options& options, const config::Surroundings& surroundings) {
    Report report;
    for (const std::string& path : TRY(project_files(options.host, surroundings))) {
        report.output += path + '\n';
    }
    TRY(Printer(STDOUT_FILENO, STDERR_FILENO).print(report));
    return End{};
}

}  // namespace

Result<End> run(const Options& options, const config::Surroundings& surroundings) {
    switch (options.mode) {
    case Mode::project_files:
        return list_project_files(options, surroundings);
    case Mode::terminal:
        return run_terminal(options, surroundings);
    case Mode::one:
        return run_one(options, surroundings);
    case Mode::stream:
        break;
    }
    return options.in_host ? run_one(options, surroundings) : run_stream(options, surroundings);
}

}  // namespace maelstrom::run
